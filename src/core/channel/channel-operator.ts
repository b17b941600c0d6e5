/** What an operator does with channels: stop, start, probe, log in, log out, look people up. */

import type { Channel, DirectoryEntry } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { errorWords } from "../../lib/text/error-words.ts";
import { raceAbort, untilAborted } from "../../lib/until-aborted.ts";
import type { ChannelConfiguration } from "../config/configuration.ts";
import { invalidField } from "../errors.ts";
import { patch } from "../recorder.ts";
import type { ReadTables } from "../store.ts";
import { channelCannot, channelUnfit, networkFailed } from "./channel-failures.ts";
import { requireChannelName } from "./channel-names.ts";
import type { Channels } from "./channels.ts";
import type { HostListener, HostRooms } from "./gateway-host.ts";
import type { LineKeeper } from "./line-keeper.ts";
import { type Connection, type DirectoryQuery, LoginRequiredError, type LoginStep } from "./network.ts";
import { ChannelUpdates } from "./update/update-channel.ts";

/** What a network said when it was asked whether the credentials work. */
export interface ProbeResult {
  readonly ok: boolean;
  /** Who we are there, or what went wrong. */
  readonly detail: string;
}

/** A login that is under way. */
interface Login {
  readonly connection: Connection;
  /** True while it waits for an answer. */
  asked: boolean;
}

/** What it needs of the rooms around it. */
export interface OperatorRooms extends Pick<HostRooms, "store" | "changes" | "credentials"> {
  readonly configuration: ChannelConfiguration;
}

/** See the file's first line. */
export class ChannelOperator {
  /** What is changed for good, in the configuration. */
  readonly updates: ChannelUpdates;
  readonly #channels: Channels;
  readonly #rooms: OperatorRooms;
  readonly #logins = new Map<string, Login>();

  constructor(channels: Channels, rooms: OperatorRooms) {
    this.#channels = channels;
    this.#rooms = rooms;
    this.updates = new ChannelUpdates({ ...rooms, channels, operator: this });
  }

  /** Every configured channel by name, and the event-log position that reflects. */
  list(): Promise<{ channels: readonly Channel[]; sequence: number }> {
    return this.#rooms.store.read(async (tables) => {
      const sequence = await tables.events.head();
      const channels: Channel[] = [];
      for (const channel of this.#channels.list()) channels.push(await withWaiting(channel, tables));
      return { channels, sequence };
    });
  }

  /** Fails with NOT_FOUND. */
  get(name: string): Promise<Channel> {
    const channel = this.#channels.get(requireChannelName(name, "name"));
    return this.#rooms.store.read((tables) => withWaiting(channel, tables));
  }

  /** Connects a channel that is stopped, held back or waits. Fails with CHANNEL_STATE when the configuration disables it. */
  start(name: string, actor: string): Promise<Channel> {
    return this.#operate(name, async (line) => {
      this.#requireEnabled(line);
      await this.#channels.setStopped(name, false, actor);
      line.start(actor);
    });
  }

  /** Disconnects a channel until it is started again, over restarts too. */
  stop(name: string, actor: string, reason = "stopped by an operator"): Promise<Channel> {
    return this.#operate(name, async (line) => {
      await this.#channels.setStopped(name, true, actor);
      await line.stop();
      line.report(State.STOPPED, line.settings.enabled ? reason : "disabled in the configuration", { actor });
    });
  }

  /** Disconnects and connects anew, a stopped channel too. */
  restart(name: string, actor: string): Promise<Channel> {
    return this.#operate(name, async (line) => {
      this.#requireEnabled(line);
      await this.#channels.setStopped(name, false, actor);
      await line.stop();
      line.start(actor);
    });
  }

  /** Asks the network; never fails because of what it says. */
  async probe(name: string): Promise<ProbeResult> {
    const line = this.#line(name);
    const signal = AbortSignal.timeout(this.#channels.times.probeMs);
    try {
      const { connection, close } = await connectionOf(line);
      try {
        if (connection.probe === undefined) return stateAsProbe(this.#channels.get(name));
        return { ok: true, detail: await raceAbort(connection.probe(signal), signal) };
      } finally {
        close();
      }
    } catch (error) {
      const { probeMs } = this.#channels.times;
      return { ok: false, detail: signal.aborted ? `no answer within ${probeMs / 1000} s` : errorWords(error) };
    }
  }

  /**
   * The steps of a login to its end; the channel is disconnected meanwhile and connected afterwards, unless it logs in while it
   * runs. Fails with CHANNEL_STATE when the network needs no login or no driver that can is attached, one is under way, or the
   * channel is logged in and `force` is not given.
   */
  async *logIn(
    name: string,
    options: { force: boolean; actor: string; signal: AbortSignal },
  ): AsyncIterable<LoginStep> {
    const line = this.#line(name);
    const channel = this.#channels.get(name);
    this.#requireNoLogin(channel);
    if (channel.state === State.ONLINE && !options.force) {
      throw channelUnfit(channel, "is logged in; use --force to log in anew");
    }
    const { live } = line;
    const { connection, close } = live ? { connection: live, close: () => {} } : await prepared(line);
    const login: Login = { connection, asked: false };
    try {
      const { logIn } = connection;
      if (logIn === undefined) throw channelUnfit(channel, noLogin(channel, connection));
      // Another one may have begun while the connection was made.
      this.#requireNoLogin(channel);
      this.#logins.set(name, login);
      if (!live) {
        await this.#channels.inTurn(() => line.stop());
        line.report(State.LOGIN_REQUIRED, "somebody logs in");
      }
      for await (const step of untilAborted(logIn.call(connection, options.force, options.signal), options.signal)) {
        login.asked ||= step.kind === "prompt";
        yield step;
      }
      if (!live) await this.start(name, options.actor);
    } catch (error) {
      if (this.#logins.get(name) !== login) throw error;
      if (!live) line.report(State.LOGIN_REQUIRED, `the login failed: ${errorWords(error)}`);
      throw options.signal.aborted ? error : networkFailed(name, error);
    } finally {
      if (this.#logins.get(name) === login) this.#logins.delete(name);
      close();
    }
  }

  /** Answers the question of a login. Fails with CHANNEL_STATE when nothing was asked. */
  answer(name: string, answer: string): void {
    this.#line(name);
    const login = this.#logins.get(name);
    if (login?.connection.answer === undefined || !login.asked) {
      throw channelUnfit(this.#channels.get(name), "has asked nothing; begin with openclaw channels login");
    }
    login.asked = false;
    login.connection.answer(answer);
  }

  /** Ends the network's session, forgets what a login left, and stops the channel. */
  async logOut(name: string, actor: string): Promise<Channel> {
    const line = this.#line(name);
    try {
      const { connection, close } = await connectionOf(line);
      await connection.logOut?.().finally(close);
    } catch (error) {
      // Whoever is not logged in has nothing to end; anything else must not leave the credentials where they are.
      if (!(error instanceof LoginRequiredError)) line.report(State.OFFLINE, errorWords(error));
    }
    const channel = await this.stop(name, actor, "logged out by an operator");
    await this.#rooms.credentials.save(name, undefined);
    return channel;
  }

  /** Asks the network for people and groups. Fails with CAPABILITY_MISSING, CHANNEL_STATE or NETWORK_UNAVAILABLE. */
  async lookUp(name: string, query: DirectoryQuery): Promise<readonly DirectoryEntry[]> {
    const { connection } = this.#line(name);
    if (connection === undefined) throw channelUnfit(this.#channels.get(name), "is not online; start it first");
    if (connection.lookUp === undefined) throw channelCannot(name, "directory", "has no directory");
    try {
      return await connection.lookUp(query);
    } catch (error) {
      throw networkFailed(name, error);
    }
  }

  async #operate(name: string, work: (line: LineKeeper) => Promise<void>): Promise<Channel> {
    this.#line(name);
    await this.#channels.inTurn(() => work(this.#line(name)));
    await this.#channels.settled();
    return this.#channels.get(name);
  }

  #line(name: string): LineKeeper {
    return this.#channels.line(requireChannelName(name, "name"));
  }

  #requireNoLogin(channel: Channel): void {
    if (this.#logins.has(channel.name)) {
      throw channelUnfit(channel, "is being logged in already; finish that first");
    }
  }

  #requireEnabled(line: LineKeeper): void {
    if (line.settings.enabled) return;
    const { name } = line.settings;
    throw channelUnfit(this.#channels.get(name), "is disabled in the configuration; set its enabled to true first");
  }
}

async function withWaiting(channel: Channel, { deliveries }: ReadTables): Promise<Channel> {
  const { items } = await deliveries.countWaiting(channel.name);
  return patch(channel, { waitingDeliveries: items });
}

/** The kinds a directory has. */
const directoryKinds = ["self", "peers", "groups", "members"] as const;

/** The kind of a directory query. Fails with FIELD_INVALID. */
export function requireDirectoryKind(kind: string): DirectoryQuery["kind"] {
  const found = directoryKinds.find((one) => one === kind);
  if (found === undefined) throw invalidField("kind", `is one of ${directoryKinds.join(", ")}, not "${kind}"`);
  return found;
}

/** The live connection, or one made for the purpose. */
async function connectionOf(line: LineKeeper): Promise<{ connection: Connection; close: () => void }> {
  const connection = line.connection ?? line.live;
  return connection === undefined ? prepared(line) : { connection, close: () => {} };
}

async function prepared(line: LineKeeper): Promise<{ connection: Connection; close: () => void }> {
  const { connection, host } = await line.prepare(deafListener);
  return { connection, close: () => host.close() };
}

/** Why it cannot be logged in, and the next step; goes on after its name. */
function noLogin({ kind, name }: Channel, { logsInLive }: Connection): string {
  if (!logsInLive) return `needs no login: ${kind} takes its credentials from the configuration`;
  const id = name.slice("channels/".length);
  return `cannot be logged in: no driver is attached that can; see openclaw channels status ${id}`;
}

const deafListener: HostListener = { online: () => {}, offline: () => {}, loginRequired: () => {}, broken: () => {} };

function stateAsProbe({ state, stateReason, title }: Channel): ProbeResult {
  if (state === State.ONLINE) return { ok: true, detail: title };
  return { ok: false, detail: stateReason || "not online" };
}
