/** Methods of the Bot API: what the fake does with messages. */

import { readHtml } from "./fake-html.ts";
import type { Payload, SentUpload } from "./fake-payload.ts";

/** A message of the bot, as people see it now. */
export interface BotMessage {
  readonly message_id: number;
  readonly chat: number;
  /** Text, or caption. */
  readonly text: string;
  readonly method: string;
  readonly payload: Payload;
  readonly upload?: SentUpload;
  readonly reactions?: readonly string[];
}

/** Telegram refuses. */
export class Refused extends Error {
  readonly code: number;
  readonly parameters: Readonly<Record<string, number>>;

  constructor(code: number, description: string, parameters: Readonly<Record<string, number>> = {}) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

const fileFields: Readonly<Record<string, string>> = {
  sendPhoto: "photo",
  sendAnimation: "animation",
  sendVideo: "video",
  sendVoice: "voice",
  sendAudio: "audio",
  sendDocument: "document",
};

/** What the bot said, and to whom. */
export class FakeChats {
  readonly messages: BotMessage[] = [];
  /** Groups that became supergroups. */
  readonly moved = new Map<number, number>();
  /** Reactions of the bot, by chat and number of the message. */
  readonly reactions = new Map<string, readonly string[]>();
  #lastId = 40;

  /** Number of the next message, whoever writes it. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Does what the method says; undefined when it is none of these. Throws Refused. */
  call(method: string, payload: Payload): unknown {
    const chat = Number(payload.chat_id);
    const movedTo = this.moved.get(chat);
    if (movedTo !== undefined) {
      const words = "Bad Request: group chat was upgraded to a supergroup chat";
      throw new Refused(400, words, { migrate_to_chat_id: movedTo });
    }
    if (method === "sendMessage") return this.#add(method, payload, textOf(payload, "text", 4_096));
    if (method === "sendPoll") return this.#add(method, payload, String(payload.question));
    if (fileFields[method] !== undefined) return this.#addFile(method, payload);
    if (method === "editMessageText") return this.#edit(payload, textOf(payload, "text", 4_096), false);
    if (method === "editMessageCaption") return this.#edit(payload, textOf(payload, "caption", 1_024), true);
    if (method === "deleteMessage") return this.#delete(payload);
    if (method === "setMessageReaction") return this.#react(payload);
    return undefined;
  }

  #add(method: string, payload: Payload, text: string, upload?: SentUpload): unknown {
    const message_id = this.nextId();
    const chat = Number(payload.chat_id);
    this.messages.push({ message_id, chat, text, method, payload, ...(upload && { upload }) });
    return { message_id, date: 1, chat: { id: chat, type: chat > 0 ? "private" : "supergroup" } };
  }

  #addFile(method: string, payload: Payload): unknown {
    const field = fileFields[method] ?? "";
    const id = String(payload[field]).replace("attach://", "");
    const upload = payload.uploads[id];
    if (upload === undefined) throw new Refused(400, "Bad Request: there is no file in the request");
    if (method === "sendPhoto" && upload.bytes.length < 20) throw new Refused(400, "Bad Request: IMAGE_PROCESS_FAILED");
    return this.#add(method, payload, textOf(payload, "caption", 1_024), upload);
  }

  #edit(payload: Payload, text: string, caption: boolean): unknown {
    const { message, at } = this.#find(payload, "edit");
    if (!caption && message.upload !== undefined) {
      throw new Refused(400, "Bad Request: there is no text in the message to edit");
    }
    if (message.text === text) throw new Refused(400, "Bad Request: message is not modified");
    this.messages[at] = { ...message, text };
    return { message_id: message.message_id, date: 1, chat: { id: message.chat, type: "private" } };
  }

  #delete(payload: Payload): unknown {
    this.messages.splice(this.#find(payload, "delete").at, 1);
    return true;
  }

  #react(payload: Payload): unknown {
    const reaction = payload.reaction as readonly { readonly emoji: string }[];
    const emojis = reaction.map(({ emoji }) => emoji);
    if (emojis.some((emoji) => !["👀", "👍", "❤", "🔥"].includes(emoji))) {
      throw new Refused(400, "Bad Request: REACTION_INVALID");
    }
    this.reactions.set(`${payload.chat_id}/${payload.message_id}`, emojis);
    return true;
  }

  #find({ chat_id, message_id }: Payload, verb: string): { message: BotMessage; at: number } {
    const at = this.messages.findIndex((one) => one.chat === Number(chat_id) && one.message_id === Number(message_id));
    const message = this.messages[at];
    if (message === undefined) throw new Refused(400, `Bad Request: message to ${verb} not found`);
    return { message, at };
  }
}

function textOf(payload: Payload, field: string, limit: number): string {
  const given = String(payload[field] ?? "");
  let text = given;
  try {
    if (payload.parse_mode === "HTML") text = readHtml(given);
  } catch (error) {
    throw new Refused(400, `Bad Request: ${(error as Error).message}`);
  }
  if (field === "text" && text.trim() === "") throw new Refused(400, "Bad Request: message text is empty");
  if (text.length > limit)
    throw new Refused(400, `Bad Request: message ${field === "text" ? "is" : "caption is"} too long`);
  return text;
}
