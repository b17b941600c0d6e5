/** One channel, kept connected: tries, waits, gives up, and says so in the channel book. */

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Capabilities,
  type Channel,
  Channel_State as State,
} from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { backoffMs } from "../../lib/backoff.ts";
import type { Clock } from "../../lib/clock.ts";
import { errorWords } from "../../lib/text/error-words.ts";
import { Wakeup } from "../../lib/wakeup.ts";
import type { ChannelBook } from "./channel-book.ts";
import type { ChannelTimes, NetworkCatalog } from "./channel-ports.ts";
import type { ChannelSettings } from "./channel-settings.ts";
import { GatewayHost, type HostListener, type HostRooms } from "./gateway-host.ts";
import { type Connection, LoginRequiredError, MisconfiguredError } from "./network.ts";

/** What every line is made of. */
export interface LineParts {
  readonly networks: NetworkCatalog;
  readonly book: ChannelBook;
  readonly rooms: HostRooms;
  readonly times: ChannelTimes;
  readonly clock: Clock;
  /** Told when the connection came or went, or settings changed. */
  readonly changed: (channel: string) => void;
}

/** How a try ended. */
interface AttemptEnd {
  readonly reason: string;
  /** Trying again is of no use: the state to stay in. */
  readonly final?: State;
  /** It had been online for a while, or was ended by us: no failure in a row. */
  readonly fresh?: boolean;
}

/** See the file's first line. */
export class LineKeeper {
  readonly #parts: LineParts;
  readonly #bell = new Wakeup();
  #settings: ChannelSettings;
  #connection: Connection | undefined;
  #ownTitle = "";
  /** The one that is being run, online or not. */
  #current: Connection | undefined;
  #attempt: AbortController | undefined;
  #running: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;

  constructor(settings: ChannelSettings, parts: LineParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  get settings(): ChannelSettings {
    return this.#settings;
  }

  /** The connection while it is online. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** The connection that runs and can be logged in without being stopped, online or not. */
  get live(): Connection | undefined {
    return this.#current?.logsInLive ? this.#current : undefined;
  }

  /** Who we were on the network when it was last online; empty when it was not yet. */
  get ownTitle(): string {
    return this.#ownTitle;
  }

  /** True while it is connected or tries to be. */
  get running(): boolean {
    return this.#running !== undefined;
  }

  /** Takes settings that need no new connection. */
  configure(settings: ChannelSettings): void {
    const renamed = this.#settings.title !== settings.title;
    this.#settings = settings;
    this.#parts.book.update(settings.name, { ...this.#description, ...(renamed && { title: this.#title }) });
    this.#parts.changed(settings.name);
  }

  /** Connects and stays connected. One that waits to try again tries now; one that is online goes on. */
  start(actor?: string): void {
    if (this.#running !== undefined) {
      this.#bell.wake();
      return;
    }
    const stop = new AbortController();
    this.report(State.CONNECTING, "connecting", { failures: 0, actor });
    const done = this.#stayConnected(stop.signal).finally(() => {
      if (this.#running?.stop === stop) this.#running = undefined;
    });
    this.#running = { stop, done };
  }

  /** Disconnects; resolves when the connection is gone, or was left behind because it would not go. */
  async stop(): Promise<void> {
    this.#running?.stop.abort(new Error("the channel was stopped"));
    await this.#running?.done;
  }

  /** Disconnects and connects again at once. */
  reconnect(reason: string): void {
    this.#attempt?.abort(new Reconnect(reason));
    this.#bell.wake();
  }

  /** A connection that is not run, for logins and probes, and the host it was given: close that afterwards. */
  async prepare(listener: HostListener): Promise<{ connection: Connection; host: GatewayHost }> {
    const { networks, rooms } = this.#parts;
    const network = await networks.load(this.#settings);
    const host = new GatewayHost(rooms, () => this.#settings, listener);
    return { connection: network.connect(this.#settings.network, host), host };
  }

  /** Says how the channel is, and who caused it when that was not the gateway. */
  report(state: State, stateReason: string, { actor, ...more }: Partial<Channel> & { actor?: string } = {}): void {
    const changes = { ...this.#description, state, stateReason, retryTime: undefined, ...more };
    this.#parts.book.update(this.#settings.name, changes, actor);
  }

  /** The configuration has the first word. */
  get #title(): string {
    return this.#settings.title || this.#ownTitle;
  }

  /** What the configuration says of the channel. */
  get #description(): Partial<Channel> {
    const { name, kind, account, enabled, access, remote } = this.#settings;
    return {
      kind,
      account,
      enabled: enabled && !this.#parts.book.isStopped(name),
      dmPolicy: access.dmPolicy,
      groupPolicy: access.groupPolicy,
      remote,
      ...(this.#title !== "" && { title: this.#title }),
    };
  }

  async #stayConnected(signal: AbortSignal): Promise<void> {
    const { times, rooms } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      if (failures > 0) this.report(State.CONNECTING, "connecting again", { failures });
      const end = await this.#try(signal);
      if (signal.aborted) return;
      const fields = { channel: this.#settings.name, failures: failures + 1, reason: end.reason };
      if (end.final !== undefined) {
        rooms.log.warn(fields, "a channel cannot connect");
        this.report(end.final, end.reason);
        return;
      }
      failures = end.fresh ? 1 : failures + 1;
      const givenUp = failures >= times.maxFailures;
      const reason = givenUp ? `gave up after ${failures} tries in a row: ${end.reason}` : end.reason;
      rooms.log.warn(fields, givenUp ? "a channel was given up" : "a channel lost its connection");
      if (givenUp && !this.#settings.healthMonitor) {
        const name = this.#settings.name.slice("channels/".length);
        this.report(State.OFFLINE, `${reason}; openclaw channels start ${name} tries again`, { failures });
        return;
      }
      await this.#pause(failures, reason, signal);
    }
  }

  async #pause(failures: number, reason: string, signal: AbortSignal): Promise<void> {
    const { times, clock } = this.#parts;
    const { retryBaseMs: baseMs, retryCapMs: capMs, maxFailures, givenUpMs } = times;
    const waitMs = failures >= maxFailures ? givenUpMs : backoffMs(failures, { baseMs, capMs, jitter: 0.2 });
    this.report(State.OFFLINE, reason, { failures, retryTime: timestampFromMs(clock.nowMs() + waitMs) });
    await this.#bell.wait(waitMs, signal);
  }

  /** One connection from its making to its end. */
  async #try(signal: AbortSignal): Promise<AttemptEnd> {
    const { times, clock } = this.#parts;
    const attempt = new AbortController();
    const either = AbortSignal.any([signal, attempt.signal]);
    const watchdog = setTimeout(() => {
      attempt.abort(new Error(`it was not online within ${times.connectMs / 1000} s`));
    }, times.connectMs);
    let onlineMs: number | undefined;
    let connection: Connection | undefined;
    this.#attempt = attempt;
    const listener: HostListener = {
      online: (title) => {
        clearTimeout(watchdog);
        onlineMs ??= clock.nowMs();
        this.#online(title, connection);
      },
      offline: (reason) => {
        clearTimeout(watchdog);
        this.#away(State.OFFLINE, reason);
      },
      loginRequired: (reason) => {
        clearTimeout(watchdog);
        this.#away(State.LOGIN_REQUIRED, reason, connection?.capabilities);
      },
      broken: (error) => attempt.abort(error),
    };
    let host: GatewayHost | undefined;
    try {
      const prepared = await this.prepare(listener);
      ({ connection, host } = prepared);
      this.#current = connection;
      await this.#untilGone(connection.run(either), either);
      throw new Error("the connection ended");
    } catch (error) {
      const stable = onlineMs !== undefined && clock.nowMs() - onlineMs >= times.stableMs;
      return endOf(attempt.signal, error, stable);
    } finally {
      clearTimeout(watchdog);
      host?.close();
      this.#attempt = undefined;
      this.#current = undefined;
      this.#setConnection(undefined);
    }
  }

  #online(title: string, connection: Connection | undefined): void {
    if (connection === undefined) return;
    this.#ownTitle = title;
    if (this.#connection !== connection) {
      this.#parts.rooms.log.info({ channel: this.#settings.name, title }, "a channel is online");
    }
    this.report(State.ONLINE, "", {
      title: this.#title,
      capabilities: connection.capabilities,
      failures: 0,
    });
    this.#setConnection(connection);
  }

  #away(state: State, reason: string, capabilities?: Capabilities): void {
    this.report(state, reason, capabilities && { capabilities });
    this.#setConnection(undefined);
  }

  #setConnection(connection: Connection | undefined): void {
    if (this.#connection === connection) return;
    this.#connection = connection;
    this.#parts.changed(this.#settings.name);
  }

  /** The end of a connection. One that was told to end and does not is left behind after a while. */
  async #untilGone(run: Promise<void>, signal: AbortSignal): Promise<void> {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => {
        this.#parts.rooms.log.warn({ channel: this.#settings.name }, "a connection did not end and was left behind");
        resolve();
      }, this.#parts.times.stopMs);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([run, left]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      run.catch(() => {});
    }
  }
}

/** We end this connection to make a new one. */
class Reconnect extends Error {}

function endOf(attempt: AbortSignal, error: unknown, stable: boolean): AttemptEnd {
  if (attempt.aborted) return { reason: errorWords(attempt.reason), fresh: attempt.reason instanceof Reconnect };
  const reason = errorWords(error);
  if (error instanceof MisconfiguredError) return { reason, final: State.MISCONFIGURED };
  if (error instanceof LoginRequiredError) return { reason, final: State.LOGIN_REQUIRED };
  return { reason, fresh: stable };
}
