/** One account on an IRC network. */

import { create } from "@bufbuild/protobuf";
import { CapabilitiesSchema, type DirectoryEntry } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { OutboundAction } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Connection,
  type DirectoryQuery,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import { lookUp } from "./irc-directory.ts";
import { againMs, comeBack, enter, nameOf, rejoinMs } from "./irc-entry.ts";
import { IrcFeed } from "./irc-feed.ts";
import type { IrcLine } from "./irc-line.ts";
import { register } from "./irc-register.ts";
import { Roster } from "./irc-roster.ts";
import { IrcSender } from "./irc-sender.ts";
import type { IrcSettings } from "./irc-settings.ts";
import { IrcWire } from "./irc-wire.ts";

/** Bytes of text in one delivery. */
const maxTextBytes = 400;

/** The connection while there is one. */
interface Live {
  readonly wire: IrcWire;
  readonly roster: Roster;
  readonly sender: IrcSender;
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
      const roster = new Roster(nick, (name) => wire.fold(name));
      const live = { wire, roster, sender: new IrcSender(wire, this.#settings.messagesPerSecond) };
      this.#listen(live, signal);
      await enter(wire, this.#settings, this.#host.log);
      const outside = this.#settings.channels.filter((channel) => roster.find(nameOf(channel)) === undefined);
      const { log } = this.#host;
      for (const channel of outside) void comeBack(wire, { channel, roster, log, signal, waitMs: againMs });
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
    const { wire, roster } = live;
    if (this.#findOurs(wire, address) !== undefined && roster.find(address) === undefined)
      throw new UnsentError(`we are not in ${address} now`);
    await live.sender.say({ nick: roster.nick, address, text: kind.value.text, signal });
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

  #listen(live: Live, signal: AbortSignal): void {
    const { wire, roster } = live;
    const feed = new IrcFeed(wire, (message) => this.#host.receive(message));
    wire.onLine((line) => {
      feed.hear(line, roster);
      if (line.command === "KICK" && roster.isSelf(line.params[1] ?? "")) this.#wasThrownOut(live, line, signal);
      roster.hear(line);
    });
  }

  #wasThrownOut({ wire, roster }: Live, { params }: IrcLine, signal: AbortSignal): void {
    const [name = "", , reason = ""] = params;
    const { log } = this.#host;
    log.warn({ ircChannel: name, reason }, "we were thrown out of a channel on IRC");
    const channel = this.#findOurs(wire, name);
    if (channel !== undefined) void comeBack(wire, { channel, roster, log, signal, waitMs: rejoinMs });
  }

  /** The channel of the settings with this name. */
  #findOurs(wire: IrcWire, name: string): string | undefined {
    return this.#settings.channels.find((channel) => wire.fold(nameOf(channel)) === wire.fold(name));
  }
}
