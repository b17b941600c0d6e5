/** One account on an IRC network. */

import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { CapabilitiesSchema, type DirectoryEntry } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { InboundMessage } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Connection,
  type DirectoryQuery,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { systemClock } from "../../lib/clock.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import { lookUp } from "./irc-directory.ts";
import { enter, rejoin } from "./irc-entry.ts";
import { inboundFrom } from "./irc-inbound.ts";
import { foldName, type IrcLine } from "./irc-line.ts";
import { Pace } from "./irc-pace.ts";
import { register } from "./irc-register.ts";
import { Roster } from "./irc-roster.ts";
import type { IrcSettings } from "./irc-settings.ts";
import { cutLines, textBudget } from "./irc-text.ts";
import { IrcWire } from "./irc-wire.ts";

/** Bytes of text in one delivery. */
const maxTextBytes = 400;

/** Messages that wait to be kept before the server has to wait too. */
const maxWaiting = 200;

/** Replies that refuse what was sent: no such nick or channel, cannot send there, not in it, too many targets, blocked. */
const refusals = new Set(["401", "403", "404", "407", "411", "412", "442", "477", "482", "486", "531", "716"]);

/** The connection while there is one. */
interface Live {
  readonly wire: IrcWire;
  readonly roster: Roster;
  readonly pace: Pace;
}

/** See `Connection`. IRC has no ids and keeps nothing: what is said while we are away is lost to us. */
export class IrcConnection implements Connection {
  readonly capabilities = create(CapabilitiesSchema, {
    maxText: maxTextBytes,
    textUnit: "bytes",
    groups: true,
    directory: true,
  });
  readonly #settings: IrcSettings;
  readonly #host: ChannelHost;
  #live: Live | undefined;

  constructor(settings: IrcSettings, host: ChannelHost) {
    this.#settings = settings;
    this.#host = host;
  }

  async run(signal: AbortSignal): Promise<void> {
    const wire = await IrcWire.open(this.#settings, signal);
    const goodbye = (): void => wire.quit("goodbye");
    signal.addEventListener("abort", goodbye, { once: true });
    if (signal.aborted) goodbye();
    try {
      const { nick } = await register(wire, this.#settings);
      const roster = new Roster(nick);
      const live = { wire, roster, pace: new Pace(this.#settings.messagesPerSecond, systemClock) };
      this.#listen(live, signal);
      await enter(wire, this.#settings, this.#host.log);
      this.#live = live;
      this.#host.online(`${roster.nick} on ${this.#settings.host}`);
      await wire.closed;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#live = undefined;
      signal.removeEventListener("abort", goodbye);
      if (!signal.aborted) wire.close(new Error("the connection was given up"));
    }
  }

  async send({ kind }: OutboundAction, { address }: Address, { signal }: SendAttempt): Promise<readonly string[]> {
    if (kind.case !== "message") throw new UnsentError(`IRC has no ${kind.case ?? "such thing"}`, { permanent: true });
    if (kind.value.attachment !== undefined) throw new UnsentError("IRC takes no files", { permanent: true });
    if (/[\s,\0]|^:|^$/.test(address)) throw new UnsentError(`"${address}" is no nick or channel`, { permanent: true });
    const live = this.#live;
    if (live === undefined) throw new UnsentError("IRC is not connected");
    const lines = cutLines(kind.value.text, textBudget(live.roster.nick, address));
    if (lines.length === 0) throw new UnsentError("the message is empty", { permanent: true });
    await this.#say(live, { address, lines, signal });
    return [];
  }

  async probe(signal: AbortSignal): Promise<string> {
    const live = this.#live;
    if (live !== undefined) {
      await raceAbort(live.wire.settle(), signal);
      return `${live.roster.nick} on ${this.#settings.host}`;
    }
    const wire = await IrcWire.open(this.#settings, signal);
    try {
      const { nick } = await raceAbort(register(wire, this.#settings), signal);
      return `${nick} on ${this.#settings.host}`;
    } finally {
      wire.quit("only looked in");
    }
  }

  async lookUp(query: DirectoryQuery): Promise<readonly DirectoryEntry[]> {
    return lookUp(this.#live?.roster ?? new Roster(this.#settings.nick), query);
  }

  /**
   * Says it line by line, and asks the server afterwards whether it is through: what it refuses is told before that answer.
   * Without an answer nobody knows. With one line said and the next refused, the message is out, if not all of it.
   */
  async #say({ wire, pace }: Live, message: { address: string; lines: string[]; signal: AbortSignal }): Promise<void> {
    const { address, lines, signal } = message;
    let said = 0;
    let refusal: string | undefined;
    const off = wire.onLine(({ command, params }) => {
      const about = params.slice(1).some((param) => foldName(param) === foldName(address));
      if (refusals.has(command) && about) refusal ??= params.at(-1) ?? command;
    });
    try {
      for (const line of lines) {
        await Promise.race([pace.turn(signal), wire.closed]);
        wire.send("PRIVMSG", address, line);
        said += 1;
      }
      await raceAbort(wire.settle(), signal);
    } catch (error) {
      if (said > 0) throw error;
      throw new UnsentError(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      off();
    }
    if (refusal !== undefined) throw new UnsentError(refusal, { permanent: true });
  }

  /** Hands in every message, one after the other: the next one waits until the one before is kept. */
  #listen({ wire, roster }: Live, signal: AbortSignal): void {
    const session = randomUUID();
    let count = 0;
    let waiting = 0;
    let kept: Promise<unknown> = Promise.resolve();
    const keep = async (message: InboundMessage): Promise<void> => {
      // IRC sends nothing twice: a message that cannot be kept is lost, which the host has logged.
      await this.#host.receive(message).catch(() => {});
      waiting -= 1;
      if (waiting === 0) wire.resume();
    };
    wire.onLine((line) => {
      if (line.command === "PRIVMSG" && !roster.isSelf(line.source.split("!", 1)[0] ?? "")) {
        count += 1;
        const facts = { nick: roster.nick, fallbackId: `${session}-${count}`, nowMs: systemClock.nowMs() };
        const message = inboundFrom(line, facts);
        if (message === undefined) return;
        waiting += 1;
        if (waiting === maxWaiting) wire.pause();
        kept = kept.then(() => keep(message));
      }
      if (line.command === "KICK" && roster.isSelf(line.params[1] ?? "")) void this.#comeBack(wire, line, signal);
      roster.hear(line);
    });
  }

  async #comeBack(wire: IrcWire, { params }: IrcLine, signal: AbortSignal): Promise<void> {
    const [name = "", , reason = ""] = params;
    this.#host.log.warn({ ircChannel: name, reason }, "we were thrown out of a channel on IRC");
    await rejoin(wire, { name, channels: this.#settings.channels, signal });
  }
}
