/** Saying something on Discord. */

import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type {
  Delivery,
  OutboundAction,
  OutboundMessage,
  OutboundPoll,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Reconciled,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { NewestMap } from "../../lib/newest-map.ts";
import { compareIds, type DiscordChannel, type DiscordMessage, type DiscordUser, idAt } from "./discord-api.ts";
import { componentsOf } from "./discord-buttons.ts";
import type { DiscordSettings } from "./discord-settings.ts";
import type { DiscordRest } from "./rest/discord-rest.ts";

/** Flags of messages. */
const flags = { suppressEmbeds: 4, silent: 4_096 } as const;
const longestPollHours = 768;
/** Clocks differ, ms. */
const skewMs = 60_000;
const historySize = 100;

/** What the sender works with. */
export interface SenderParts {
  readonly settings: DiscordSettings;
  readonly rest: DiscordRest;
  readonly host: ChannelHost;
}

/** See the file's first line. */
export class DiscordSender {
  readonly #parts: SenderParts;
  /** Our newest messages by the nonce they were sent with: one whose answer we never heard is found. */
  readonly #own = new NewestMap<string, string>(1_000);
  readonly #directChannels = new NewestMap<string, string>(5_000);

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Discord told of a message of ours. */
  heard(nonce: string, id: string): void {
    this.#own.set(nonce, id);
  }

  /** See `Connection.send`. */
  async send({ kind }: OutboundAction, to: Address, { delivery, signal }: SendAttempt): Promise<readonly string[]> {
    const channel = await this.#channelOf(to, signal);
    const messages = `/channels/${channel}/messages`;
    const { rest } = this.#parts;
    if (kind.case === "message") return this.#say(kind.value, { messages, delivery, signal });
    if (kind.case === "poll") {
      const body = { poll: pollOf(kind.value), ...onceOnly(delivery) };
      return [(await rest.ask<DiscordMessage>({ method: "POST", path: messages, body, signal })).id];
    }
    if (kind.case === undefined) throw new UnsentError("Discord has no such thing", { permanent: true });
    const { platformId } = kind.value;
    const path = `${messages}/${requireId(platformId)}`;
    if (kind.case === "edit") {
      const body = { content: kind.value.text, components: [], allowed_mentions: { parse: ["users"] } };
      await rest.ask({ method: "PATCH", path, body, signal });
    } else if (kind.case === "delete") await rest.ask({ method: "DELETE", path, signal });
    else {
      const emoji = encodeURIComponent(kind.value.emoji.replace(/^<?a?:?(\w+:\d+)>?$/, "$1"));
      const method = kind.value.remove ? "DELETE" : "PUT";
      await rest.ask({ method, path: `${path}/reactions/${emoji}/@me`, signal });
    }
    return [platformId];
  }

  /** Shows that we write, for some seconds. */
  async typing(to: Address, signal: AbortSignal): Promise<void> {
    const channel = await this.#channelOf(to, signal);
    await this.#parts.rest.ask({ method: "POST", path: `/channels/${channel}/typing`, signal });
  }

  /** See `Connection.reconcile`: looks for the message among what we said there. */
  async reconcile(
    { name, action, createTime }: Delivery,
    to: Address,
    self: DiscordUser,
  ): Promise<Reconciled | undefined> {
    const kept = this.#own.get(nonceOf(name));
    if (kept !== undefined) return { outcome: "sent", platformIds: [kept] };
    if (action?.kind.case !== "message" || createTime === undefined) return undefined;
    const signal = AbortSignal.timeout(30_000);
    const channel = await this.#channelOf(to, signal);
    const path = `/channels/${channel}/messages?limit=${historySize}`;
    const history = await this.#parts.rest.read<DiscordMessage[]>(path, signal);
    const earliest = idAt(timestampMs(createTime) - skewMs);
    const whole = history.length < historySize || history.some(({ id }) => compareIds(id, earliest) < 0);
    const { text, attachment } = action.kind.value;
    const fits = (message: DiscordMessage): boolean =>
      message.author.id === self.id &&
      compareIds(message.id, earliest) > 0 &&
      message.content.trim() === text.trim() &&
      (message.attachments?.length ?? 0) === (attachment === undefined ? 0 : 1) &&
      (!message.nonce || String(message.nonce) === nonceOf(name));
    const found = history.filter(fits);
    const exact = found.find(({ nonce }) => nonce);
    if (exact !== undefined) return { outcome: "sent", platformIds: [exact.id] };
    // Said several times in the same words, nobody can say which one it was.
    if (found.length > 1 || (found.length === 0 && !whole)) return undefined;
    return found[0] === undefined ? { outcome: "unsent" } : { outcome: "sent", platformIds: [found[0].id] };
  }

  async #say(
    { text, attachment, replyTo, silent, buttons }: OutboundMessage,
    { messages, delivery, signal }: { messages: string; delivery: string; signal: AbortSignal },
  ): Promise<readonly string[]> {
    const { settings, host, rest } = this.#parts;
    const body = {
      ...(text !== "" && { content: text }),
      // Whatever an agent was talked into writing, it does not call everybody.
      allowed_mentions: { parse: ["users"], replied_user: true },
      flags: (settings.suppressEmbeds ? flags.suppressEmbeds : 0) | (silent ? flags.silent : 0),
      ...(replyTo !== "" && { message_reference: { message_id: requireId(replyTo), fail_if_not_exists: false } }),
      ...(buttons.length > 0 && { components: componentsOf(buttons) }),
      ...onceOnly(delivery),
    };
    const file = attachment && {
      name: attachment.fileName || `file.${attachment.mediaType.split("/")[1] ?? "bin"}`,
      content: new Blob([await buffer(host.readFile(attachment))], { type: attachment.mediaType }),
    };
    const request = { method: "POST" as const, path: messages, body, signal, ...(file && { file }) };
    const { id } = await rest.ask<DiscordMessage>(request);
    this.#own.set(body.nonce, id);
    return [id];
  }

  /** The channel behind an address; that of a person is opened when it is first wanted. */
  async #channelOf({ address }: Address, signal: AbortSignal): Promise<string> {
    const [, kind, id = ""] = /^(?:(user|channel):)?(\d{5,25})$/.exec(address) ?? [];
    if (id === "") {
      const problem = `"${address}" is no address on Discord; it is a channel's id, or user: and somebody's id`;
      throw new UnsentError(problem, { permanent: true });
    }
    if (kind !== "user") return id;
    const known = this.#directChannels.get(id);
    if (known !== undefined) return known;
    const body = { recipient_id: id };
    const { rest } = this.#parts;
    const request = { method: "POST" as const, path: "/users/@me/channels", body, signal };
    // A conversation that may or may not have been opened is no message that may have been sent.
    const channel = await rest.ask<DiscordChannel>(request).catch((error: unknown) => {
      throw UnsentError.from(error, "Discord did not open the conversation");
    });
    this.#directChannels.set(id, channel.id);
    return channel.id;
  }
}

/** Discord takes a nonce once within some minutes, and answers with the first message when it comes again. */
function onceOnly(delivery: string) {
  return { nonce: nonceOf(delivery), enforce_nonce: true };
}

/** 24 characters, the same for every try of a delivery; Discord takes at most 25. */
function nonceOf(delivery: string): string {
  return createHash("sha256").update(delivery).digest("base64url").slice(0, 24);
}

function requireId(id: string): string {
  if (/^\d{5,25}$/.test(id)) return id;
  throw new UnsentError(`"${id}" is no message on Discord`, { permanent: true });
}

function pollOf({ question, options, multiple, durationSeconds }: OutboundPoll) {
  if (question.length > 300 || options.length > 10 || options.some((option) => option.length > 55)) {
    const limits = "a question of 300 characters and 10 answers of 55";
    throw new UnsentError(`a poll on Discord has at most ${limits}`, { permanent: true });
  }
  return {
    question: { text: question },
    answers: options.map((text) => ({ poll_media: { text } })),
    duration: durationSeconds === 0 ? 24 : Math.min(longestPollHours, Math.max(1, Math.ceil(durationSeconds / 3_600))),
    allow_multiselect: multiple,
  };
}
