/** One bot on Discord. */

import { create } from "@bufbuild/protobuf";
import { CapabilitiesSchema, type DirectoryEntry } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Delivery, OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Connection,
  type DirectoryQuery,
  MisconfiguredError,
  type Reconciled,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { backoffMs } from "../../lib/backoff.ts";
import { sleep } from "../../lib/sleep.ts";
import type { DiscordUser, Dispatch } from "./discord-api.ts";
import { lookUp } from "./discord-directory.ts";
import { DiscordFeed } from "./discord-feed.ts";
import { DiscordRoster } from "./discord-roster.ts";
import { DiscordSender } from "./discord-sender.ts";
import type { DiscordSettings } from "./discord-settings.ts";
import { GatewayLine, type LineEnd } from "./gateway/gateway-line.ts";
import { SessionCursor } from "./gateway/session-cursor.ts";
import { DiscordRefusal, DiscordRest } from "./rest/discord-rest.ts";

const maxText = 2_000;
const maxMediaBytes = 100n * 1_048_576n;
const typingMs = 10_000;
/** Guilds, their messages and reactions, direct messages and theirs; the others are asked for by settings. */
const intents = {
  basic: (1 << 0) | (1 << 9) | (1 << 10) | (1 << 12) | (1 << 13),
  guildMembers: 1 << 1,
  messageContent: 1 << 15,
};
/** Wait before a line is made anew, in ms; it doubles while lines break soon. */
const againMs = 250;
/** Discord wants a new session to be waited for. */
const freshMs = 1_500;
/** A line that held for this long was no failure, in ms. */
const heldMs = 30_000;
const mostFailures = 5;

/** See `Connection`. A session is resumed where it was, over a restart of the gateway as well. */
export class DiscordConnection implements Connection {
  readonly capabilities;
  readonly #settings: DiscordSettings;
  readonly #host: ChannelHost;
  readonly #rest: DiscordRest;
  readonly #sender: DiscordSender;
  #self: DiscordUser | undefined;

  constructor(settings: DiscordSettings, host: ChannelHost) {
    this.#settings = settings;
    this.#host = host;
    this.#rest = new DiscordRest(settings);
    this.#sender = new DiscordSender({ settings, host, rest: this.#rest });
    this.capabilities = create(CapabilitiesSchema, {
      ...{ maxText, textUnit: "utf16", maxLines: settings.maxLinesPerMessage, maxMediaBytes },
      ...{ groups: true, threads: true, edit: true, delete: true, react: true, poll: true, buttons: true },
      ...{ typing: true, reply: true, markdown: true, backfill: true, reconcile: true, directory: true },
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      const self = await this.#rest.read<DiscordUser>("/users/@me", signal);
      this.#self = self;
      const cursor = new SessionCursor(await this.#host.backfillCursor());
      await this.#stay(this.#feedOf(self, cursor, signal), cursor, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw isRefusedToken(error) ? refusedToken(error) : error;
    }
  }

  async send(action: OutboundAction, to: Address, attempt: SendAttempt): Promise<readonly string[]> {
    return this.#sender.send(action, to, attempt);
  }

  async typing(to: Address, active: boolean): Promise<void> {
    if (active) await this.#sender.typing(to, AbortSignal.timeout(typingMs));
  }

  async probe(signal: AbortSignal): Promise<string> {
    try {
      return titleOf(await this.#rest.read<DiscordUser>("/users/@me", signal));
    } catch (error) {
      throw isRefusedToken(error) ? refusedToken(error) : error;
    }
  }

  async lookUp(query: DirectoryQuery): Promise<readonly DirectoryEntry[]> {
    return lookUp(this.#rest, query);
  }

  async reconcile(delivery: Delivery, to: Address): Promise<Reconciled | undefined> {
    if (this.#self === undefined) throw new UnsentError("Discord is not connected");
    return this.#sender.reconcile(delivery, to, this.#self);
  }

  #feedOf(self: DiscordUser, cursor: SessionCursor, signal: AbortSignal): DiscordFeed {
    const roster = new DiscordRoster(this.#rest);
    const onOwn = (nonce: string, { id }: { id: string }): void => this.#sender.heard(nonce, id);
    return new DiscordFeed({
      ...{ settings: this.#settings, host: this.#host, rest: this.#rest },
      ...{ roster, self, cursor, signal, onOwn },
    });
  }

  /** Line after line, as long as they hold; one that breaks again and again is left to whoever runs us. */
  async #stay(feed: DiscordFeed, cursor: SessionCursor, signal: AbortSignal): Promise<void> {
    for (let failures = 0; ; ) {
      const startMs = performance.now();
      const { end, wasIn } = await this.#follow(feed, cursor, signal);
      // What was told and not handled yet is told again: from where it was handled.
      await feed.settled;
      if (signal.aborted) return;
      if (end.next === "never") throw new MisconfiguredError(end.reason);
      if (end.next === "fresh") cursor.forgetSession();
      failures = performance.now() - startMs > heldMs ? 1 : failures + 1;
      if (failures > mostFailures || !(wasIn || end.asked)) throw new Error(end.reason);
      if (!end.asked) this.#host.offline(end.reason);
      const baseMs = end.next === "fresh" ? freshMs : againMs;
      await sleep(backoffMs(failures, { baseMs, capMs: 10_000, jitter: 0.3 }), signal);
    }
  }

  async #follow(
    feed: DiscordFeed,
    cursor: SessionCursor,
    signal: AbortSignal,
  ): Promise<{ end: LineEnd; wasIn: boolean }> {
    let wasIn = false;
    const onDispatch = (dispatch: Dispatch, from: GatewayLine): void => {
      if (dispatch.name === "READY" || dispatch.name === "RESUMED") {
        wasIn = true;
        this.#host.online(titleOf(this.#self ?? { id: "", username: "discord" }));
      }
      feed.hear(dispatch, from);
    };
    const line = await this.#open(cursor, onDispatch, signal);
    const leave = (): void => line.close("the channel was stopped");
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    try {
      return { end: await line.ended, wasIn };
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  async #open(cursor: SessionCursor, onDispatch: (dispatch: Dispatch, line: GatewayLine) => void, signal: AbortSignal) {
    const { token, intents: wanted } = this.#settings;
    const bits =
      intents.basic |
      (wanted.messageContent ? intents.messageContent : 0) |
      (wanted.guildMembers ? intents.guildMembers : 0);
    const options = { token, intents: bits, resume: cursor.resumePoint, onDispatch };
    if (cursor.resumePoint !== undefined && cursor.url !== "") {
      // The address of a session may be gone; Discord's usual one knows the session as well.
      const line = await GatewayLine.open({ ...options, url: cursor.url }, signal).catch(() => undefined);
      if (line !== undefined) return line;
    }
    const gateway = await this.#rest.read<GatewayAnswer>("/gateway/bot", signal);
    const starts = gateway.session_start_limit;
    if (cursor.resumePoint === undefined && starts?.remaining === 0) {
      throw new Error(`Discord allows no more sessions for ${Math.ceil((starts.reset_after ?? 0) / 60_000)} minutes`);
    }
    return GatewayLine.open({ ...options, url: gateway.url }, signal);
  }
}

interface GatewayAnswer {
  readonly url: string;
  readonly session_start_limit?: { readonly remaining?: number; readonly reset_after?: number };
}

function titleOf({ username }: DiscordUser): string {
  return `@${username} on Discord`;
}

function isRefusedToken(error: unknown): error is DiscordRefusal {
  return error instanceof DiscordRefusal && error.status === 401;
}

function refusedToken(cause: DiscordRefusal): MisconfiguredError {
  const next = "set channels.discord.token to the bot's token from the developer portal";
  return new MisconfiguredError(`Discord refuses the token; ${next}`, { cause });
}
