/** Every configured channel: connected, kept connected, stopped and started, and taken along when the configuration changes. */

import { isDeepStrictEqual } from "node:util";
import { type Channel, Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { FreezeWatch } from "../../lib/host/freeze-watch.ts";
import { Turns } from "../../lib/turns.ts";
import type { ChannelLine, ChannelLines } from "../delivery/channel-lines.ts";
import { notFound } from "../errors.ts";
import { ChannelBook } from "./channel-book.ts";
import { type ChannelTimes, channelTimes, type NetworkCatalog } from "./channel-ports.ts";
import type { ChannelSettings } from "./channel-settings.ts";
import type { HostRooms } from "./gateway-host.ts";
import { LineKeeper, type LineParts } from "./line-keeper.ts";

/** A process that stood still this long has dead connections. */
const freezeMs = 30_000;

/** What the channels are built from. */
export interface ChannelsParts {
  readonly networks: NetworkCatalog;
  readonly rooms: HostRooms;
  readonly clock: LineParts["clock"];
  readonly times?: ChannelTimes;
}

/** See the file's first line. */
export class Channels implements ChannelLines {
  readonly times: ChannelTimes;
  readonly #parts: ChannelsParts;
  readonly #book: ChannelBook;
  readonly #lines = new Map<string, LineKeeper>();
  readonly #listeners: ((channel: string) => void)[] = [];
  readonly #freeze: FreezeWatch;
  #heldBack: string | undefined;
  #started = false;
  readonly #turns = new Turns();

  constructor(parts: ChannelsParts) {
    const { rooms, clock } = parts;
    this.#parts = parts;
    this.times = parts.times ?? channelTimes;
    this.#book = new ChannelBook({ store: rooms.store, changes: rooms.changes, clock, log: rooms.log });
    this.#freeze = new FreezeWatch(clock, freezeMs, (frozenMs) => {
      rooms.log.info({ frozenMs }, "the machine slept; channels connect again");
      this.reconnectAll("the machine slept");
    });
  }

  /**
   * Connects what is configured and not stopped. Does not wait for any network. With `heldBack` nothing is connected until
   * `release`, or until an operator starts a channel; it says why.
   */
  async start(settings: readonly ChannelSettings[], heldBack?: string): Promise<void> {
    await this.#book.open();
    this.#heldBack = heldBack;
    this.#started = true;
    this.#freeze.start();
    await this.apply(settings);
  }

  /** Connects what `start` held back; nothing happens after `stop`. */
  release(): Promise<void> {
    return this.inTurn(async () => {
      if (!this.#started) return;
      this.#heldBack = undefined;
      for (const line of this.#lines.values()) {
        if (this.#book.find(line.settings.name)?.state === State.HELD_BACK) line.start();
      }
    });
  }

  /**
   * Takes a changed configuration: new channels are connected, missing ones disconnected and forgotten, and ones whose
   * network's settings changed connected anew. The others only follow the new settings.
   */
  apply(settings: readonly ChannelSettings[]): Promise<void> {
    return this.inTurn(async () => {
      if (!this.#started) return;
      const wanted = new Set(settings.map(({ name }) => name));
      const gone = [...this.#book.names()].filter((name) => !wanted.has(name));
      await Promise.all(gone.map((name) => this.#forget(name)));
      await Promise.all(settings.map((one) => this.#configure(one)));
      await this.#book.settled();
    });
  }

  /** Disconnects all of them; what they are on disk stays. */
  async stop(): Promise<void> {
    this.#freeze.stop();
    this.#started = false;
    await this.inTurn(() => Promise.all([...this.#lines.values()].map((line) => line.stop())));
    await this.#book.settled();
  }

  /** By name. */
  list(): readonly Channel[] {
    return this.#book.list();
  }

  /** Fails with NOT_FOUND when it is not configured. */
  get(name: string): Channel {
    const channel = this.#book.find(name);
    if (channel === undefined) throw notFound(name);
    return channel;
  }

  /** The channel as those who send see it; undefined when it is not configured. */
  find(name: string): ChannelLine | undefined {
    const line = this.#lines.get(name);
    if (line === undefined) return undefined;
    const { settings, connection } = line;
    const capabilities = connection?.capabilities ?? this.#book.find(name)?.capabilities;
    return { settings, ...(connection && { connection }), ...(capabilities && { capabilities }) };
  }

  /** Calls `listener` when a channel came online or went, was configured or forgotten. */
  onChange(listener: (channel: string) => void): void {
    this.#listeners.push(listener);
  }

  /** What keeps a channel connected, for those who operate it. Fails with NOT_FOUND. */
  line(name: string): LineKeeper {
    const line = this.#lines.get(name);
    if (line === undefined) throw notFound(name);
    return line;
  }

  /** See `ChannelBook.setStopped`; the channel itself goes on. */
  setStopped(name: string, stopped: boolean, actor: string): Promise<void> {
    return this.#book.setStopped(name, stopped, actor);
  }

  /** Resolves when what is known of the channels is on disk. */
  settled(): Promise<void> {
    return this.#book.settled();
  }

  /** Connects all that are connected anew. */
  reconnectAll(reason: string): void {
    for (const line of this.#lines.values()) line.reconnect(reason);
  }

  /** Runs what starts and stops channels one after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run(work);
  }

  async #configure(settings: ChannelSettings): Promise<void> {
    const { name } = settings;
    const known = this.#lines.get(name);
    if (known !== undefined && sameConnection(known.settings, settings)) {
      known.configure(settings);
      return;
    }
    await known?.stop();
    if (known !== undefined && known.settings.title !== settings.title) {
      this.#book.update(name, { title: settings.title || known.ownTitle });
    }
    const line = new LineKeeper(settings, {
      networks: this.#parts.networks,
      book: this.#book,
      rooms: this.#parts.rooms,
      times: this.times,
      clock: this.#parts.clock,
      changed: (channel) => this.#changed(channel),
    });
    this.#lines.set(name, line);
    this.#begin(line);
    this.#changed(name);
  }

  #begin(line: LineKeeper): void {
    const { name, enabled } = line.settings;
    if (!enabled) line.report(State.STOPPED, "disabled in the configuration");
    else if (this.#book.isStopped(name)) line.report(State.STOPPED, "stopped by an operator");
    else if (this.#heldBack !== undefined) line.report(State.HELD_BACK, this.#heldBack);
    else line.start();
  }

  async #forget(name: string): Promise<void> {
    await this.#lines.get(name)?.stop();
    this.#lines.delete(name);
    this.#book.remove(name);
    this.#changed(name);
  }

  #changed(name: string): void {
    for (const listener of this.#listeners) listener(name);
  }
}

/** True when the connection need not know of the difference. */
function sameConnection(a: ChannelSettings, b: ChannelSettings): boolean {
  const essence = ({ kind, enabled, remote, network, maxMediaBytes }: ChannelSettings) => ({
    kind,
    enabled,
    remote,
    network,
    maxMediaBytes,
  });
  return isDeepStrictEqual(essence(a), essence(b));
}
