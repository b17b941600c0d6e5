/** From a request to an inbound message. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type InboundMessage, InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";

/** Most files of one message. */
const maxFiles = 10;

/** A file in a message. */
export interface WebhookFile {
  readonly name: string;
  readonly content: Buffer;
}

/** A message and what is to be kept with it. */
export interface WebhookMessage {
  readonly message: InboundMessage;
  readonly files: readonly WebhookFile[];
}

/** The request is no message; in words for whoever sent it. */
export class NoMessageError extends Error {
  override readonly name = "NoMessageError";
}

const kinds = new Map([
  ["direct", Kind.DIRECT],
  ["group", Kind.GROUP],
  ["thread", Kind.THREAD],
]);

/** Longest id or address, in UTF-16 units. */
const longestId = 1_024;

/** The last ms of the year 9999: no calendar goes further. */
const lastMs = 253_402_300_799_999;

/** Reads the JSON of a request. Throws NoMessageError, naming the field. */
export function webhookMessage(body: Uint8Array, nowMs: number): WebhookMessage {
  const fields = new Fields(body);
  const from = fields.id("from");
  const kind = kinds.get(fields.text("kind", "direct"));
  if (kind === undefined) throw new NoMessageError('"kind" is none of direct, group, thread');
  const written = Date.parse(fields.text("time", ""));
  const message = create(InboundMessageSchema, {
    kind,
    platformId: fields.id("id"),
    senderAddress: from,
    senderTitle: fields.text("fromName", ""),
    senderIsBot: fields.flag("bot"),
    address: fields.id("conversation", kind === Kind.DIRECT ? from : undefined),
    parentAddress: kind === Kind.THREAD ? fields.id("parent") : "",
    conversationTitle: fields.text("title", ""),
    text: fields.text("text", ""),
    time: timestampFromMs(written >= 0 && written <= lastMs ? written : nowMs),
    mentionsUs: fields.flag("mention"),
    repliesToUs: fields.flag("replyToUs"),
    replyTo: fields.text("replyTo", ""),
    replyText: fields.text("replyText", ""),
    edited: fields.flag("edited"),
  });
  const files = fields.files();
  if (message.text.trim() === "" && files.length === 0)
    throw new NoMessageError('"text" is empty, and there are no files');
  return { message, files };
}

/** Fields of an object from outside. */
class Fields {
  readonly #object: Readonly<Record<string, unknown>>;

  constructor(body: Uint8Array) {
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    } catch {
      throw new NoMessageError("the body is no JSON");
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new NoMessageError("the body is no JSON object");
    }
    this.#object = value as Record<string, unknown>;
  }

  /** Numbers are taken as ids, too. Required unless there is a default. */
  text(name: string, usual?: string): string {
    const value = this.#object[name] ?? usual;
    if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
    if (typeof value !== "string")
      throw new NoMessageError(`"${name}" is ${value === undefined ? "missing" : "no text"}`);
    if (value === "" && usual === undefined) throw new NoMessageError(`"${name}" is empty`);
    return value;
  }

  /** The same for what something is known by. */
  id(name: string, usual?: string): string {
    const value = this.text(name, usual);
    if (value === "") throw new NoMessageError(`"${name}" is empty`);
    if (value.length > longestId) throw new NoMessageError(`"${name}" is longer than ${longestId} characters`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#object[name] ?? false;
    if (typeof value !== "boolean") throw new NoMessageError(`"${name}" is neither true nor false`);
    return value;
  }

  files(): WebhookFile[] {
    const given = this.#object.files ?? [];
    if (!Array.isArray(given) || given.length > maxFiles) {
      throw new NoMessageError(`"files" is no list of at most ${maxFiles} files`);
    }
    return given.map((file: unknown) => {
      const { name, data } = (file ?? {}) as { readonly name?: unknown; readonly data?: unknown };
      if (typeof name !== "string" || typeof data !== "string") {
        throw new NoMessageError('a file in "files" has no "name" or no "data" (base64)');
      }
      return { name: name.split(/[/\\]/).at(-1) ?? "", content: Buffer.from(data, "base64") };
    });
  }
}
