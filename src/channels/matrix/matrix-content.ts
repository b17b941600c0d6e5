/** Contents of the events we send. */

import type { OutboundPoll } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Attachment } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { htmlOf } from "./matrix-html.ts";
import type { Json } from "./matrix-json.ts";

/** Key of our own in every event: the delivery it is, by which it is found again. */
export const deliveryKey = "ai.openclaw.delivery";

/** Homeservers take events of 64 KiB; beyond this the HTML is left out. */
const maxEventBytes = 48_000;

/** What is put in a room. */
export interface Saying {
  readonly type: string;
  readonly content: Json;
}

/** Where in a room it stands. */
interface Standing {
  readonly thread: string | undefined;
  readonly replyTo: string | undefined;
}

/** Words. */
export function textContent(text: string, where: Standing): Saying {
  return { type: "m.room.message", content: { ...wordsOf(text), ...relationOf(where) } };
}

/** A file at an mxc:// address, with or without words. */
export function fileContent(
  { attachment, url, caption }: { attachment: Attachment; url: string; caption: string },
  where: Standing,
): Saying {
  const { mediaType, sizeBytes } = attachment;
  const fileName = attachment.fileName || "file";
  const [kind = ""] = mediaType.split("/");
  const msgtype = ["image", "audio", "video"].includes(kind) ? `m.${kind}` : "m.file";
  const words = caption === "" ? { body: fileName } : wordsOf(caption);
  const info = { mimetype: mediaType, size: Number(sizeBytes) };
  return {
    type: "m.room.message",
    content: { ...words, msgtype, filename: fileName, url, info, ...relationOf(where) },
  };
}

/** New words for an event of ours. */
export function editContent(event: string, text: string): Saying {
  const words = wordsOf(text, maxEventBytes / 2);
  const content = {
    msgtype: "m.text",
    body: `* ${text.slice(0, 1_000)}`,
    "m.mentions": {},
    "m.new_content": words,
    "m.relates_to": { rel_type: "m.replace", event_id: event },
  };
  return { type: "m.room.message", content };
}

/** A poll, under the name today's clients know. */
export function pollContent({ question, options, multiple }: OutboundPoll): Saying {
  const text = [question, ...options.map((option, index) => `${index + 1}. ${option}`)].join("\n");
  const poll = {
    kind: "org.matrix.msc3381.poll.disclosed",
    max_selections: multiple ? options.length : 1,
    question: { "org.matrix.msc1767.text": question },
    answers: options.map((option, index) => ({ id: String(index), "org.matrix.msc1767.text": option })),
  };
  const type = "org.matrix.msc3381.poll.start";
  return { type, content: { [type]: poll, "org.matrix.msc1767.text": text } };
}

function wordsOf(text: string, maxBytes = maxEventBytes): Json {
  const html = htmlOf(text);
  const fits = html !== undefined && Buffer.byteLength(text) + Buffer.byteLength(html) <= maxBytes;
  const people = [...new Set(text.match(/(?<![\w/])@[a-z0-9._=/+-]+:[A-Za-z0-9.-]+(?::\d+)?/g) ?? [])];
  return {
    msgtype: "m.text",
    body: text,
    ...(fits && { format: "org.matrix.custom.html", formatted_body: html }),
    // Said always: without it, old rules ring at whoever's name occurs in the text.
    "m.mentions": people.length > 0 ? { user_ids: people } : {},
  };
}

function relationOf({ thread, replyTo }: Standing): Json {
  const answered = { "m.in_reply_to": { event_id: replyTo ?? thread } };
  if (thread !== undefined) {
    const relation = { rel_type: "m.thread", event_id: thread, is_falling_back: replyTo === undefined, ...answered };
    return { "m.relates_to": relation };
  }
  return replyTo === undefined ? {} : { "m.relates_to": answered };
}
