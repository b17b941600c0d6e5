/** Addresses on Telegram: "123" is a person, "-100123" a group, "-100123:topic:7" a topic in one, "@name" a public channel. */

import { UnsentError } from "../../core/channel/network.ts";

/** Where the Bot API sends something. */
export interface Place {
  readonly chat: number | string;
  /** Topic of a forum; undefined outside of one. */
  readonly topic: number | undefined;
}

/** The topic every forum has. Messages in it are sent as if to no topic; typing there names it. */
const generalTopic = 1;

/** Address of a topic. */
export function topicAddress(chat: number, topic = generalTopic): string {
  return `${chat}:topic:${topic}`;
}

/** The place of an address. Throws an UnsentError when it is none. */
export function placeOf(address: string): Place {
  const [, chat = "", topic] = /^(-?\d{1,16}|@\w{4,32})(?::topic:(\d{1,10}))?$/.exec(address) ?? [];
  if (chat === "") {
    throw new UnsentError(`"${address}" is no conversation on Telegram; give its number`, { permanent: true });
  }
  return { chat: chat.startsWith("@") ? chat : Number(chat), topic: topic === undefined ? undefined : Number(topic) };
}

/** What a message to a place is told beside its chat. */
export function topicForSending({ topic }: Place): { message_thread_id?: number } {
  return topic === undefined || topic === generalTopic ? {} : { message_thread_id: topic };
}

/** What "somebody types" is told beside its chat. */
export function topicForTyping({ topic }: Place): { message_thread_id?: number } {
  return topic === undefined ? {} : { message_thread_id: topic };
}

/** Id under which a pressed button comes in: a message of its own, at the one the button is on. */
export function buttonId(message: number, query: string): string {
  return `${message}/button/${query}`;
}

/** The number of a message; undefined when the id is of something else. */
export function messageNumber(platformId: string): number | undefined {
  const [, digits] = /^(\d{1,10})(?:\/|$)/.exec(platformId) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
