/** One connection in Slack's socket mode: envelopes come in, and are acknowledged once they are safe. */

import { MisconfiguredError } from "../../../core/channel/network.ts";
import { JsonSocket } from "../../../lib/web/json-socket.ts";
import type { EventCallback, SlackEvent, SlackPress } from "../slack-api.ts";
import { type SlackWeb, settingsFailure } from "../slack-web.ts";

const helloMs = 20_000;
/** Slack pings; when it does not, it is asked, in ms. */
const pingMs = 30_000;
const pongMs = 15_000;
/** Envelopes that wait before Slack has to wait too. */
const mostWaiting = 200;

/** How a line ended; `asked`: Slack wants another one, nothing is wrong. */
export interface SocketLineEnd {
  readonly reason: string;
  readonly asked: boolean;
}

/** What a line is opened with. */
export interface SocketLineOptions {
  readonly web: SlackWeb;
  readonly appToken: string;
  /** Called when Slack lets us in, before anything else comes. */
  readonly onHello: () => void;
  /** Resolves when what the event brought is safe on disk. */
  readonly onEvent: (event: SlackEvent) => Promise<void>;
  /** Told what could not be handled; Slack brings it again. */
  readonly onFailure: (error: unknown) => void;
}

interface Envelope {
  readonly type?: string;
  readonly reason?: string;
  readonly envelope_id?: string;
  readonly payload?: EventCallback | SlackPress;
}

/** See the file's first line. */
export class SocketLine {
  /** Resolves when the line has ended or is about to: time for another one. Rejects when another one is of no use. */
  readonly leaving: Promise<SocketLineEnd>;
  readonly #socket: JsonSocket;
  readonly #options: SocketLineOptions;
  readonly #welcome = Promise.withResolvers<void>();
  readonly #leaving = Promise.withResolvers<SocketLineEnd>();
  #waiting = 0;

  private constructor(socket: JsonSocket, options: SocketLineOptions) {
    this.#socket = socket;
    this.#options = options;
    this.leaving = this.#leaving.promise;
    this.leaving.catch(() => {});
    this.#welcome.promise.catch(() => {});
    void socket.ended.then(({ reason }) => {
      this.#welcome.reject(new Error(reason));
      this.#leaving.resolve({ reason, asked: false });
    });
    socket.listen((envelope) => this.#hear(envelope as Envelope));
  }

  /** Connects; resolves when Slack has said hello. */
  static async open(options: SocketLineOptions, signal: AbortSignal): Promise<SocketLine> {
    const { web, appToken: token } = options;
    const { url } = await web.call<{ url: string }>("apps.connections.open", {}, { signal, token }).catch((error) => {
      throw settingsFailure(error, "appToken");
    });
    const line = new SocketLine(await JsonSocket.open(url, { signal, pingMs, pongMs }), options);
    const timer = setTimeout(() => line.#socket.cut("Slack said no hello"), helloMs);
    const leave = (): void => line.#socket.cut("the channel was stopped");
    signal.addEventListener("abort", leave, { once: true });
    try {
      await Promise.race([line.#welcome.promise, line.leaving.then(({ reason }) => Promise.reject(new Error(reason)))]);
      return line;
    } catch (error) {
      leave();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
    }
  }

  close(): void {
    this.#socket.close(1000, "goodbye");
  }

  #hear(envelope: Envelope): void {
    const { type, reason = "", envelope_id } = envelope;
    if (type === "hello") {
      this.#options.onHello();
      this.#welcome.resolve();
    } else if (type === "disconnect") {
      if (reason === "link_disabled") {
        const next = 'switch it on in the app\'s settings, or set channels.slack.mode to "http"';
        this.#leaving.reject(new MisconfiguredError(`socket mode is switched off for this Slack app; ${next}`));
      }
      this.#leaving.resolve({ reason: `Slack asked us to connect again (${reason})`, asked: true });
    } else if (envelope_id !== undefined) void this.#take(envelope_id, envelope);
  }

  async #take(envelope_id: string, { type, payload }: Envelope): Promise<void> {
    this.#waiting += 1;
    if (this.#waiting === mostWaiting) this.#socket.pause();
    try {
      const event =
        type === "interactive" ? payload : type === "events_api" && payload && "event" in payload && payload.event;
      if (event) await this.#options.onEvent(event as SlackEvent);
      this.#socket.send({ envelope_id });
    } catch (error) {
      this.#options.onFailure(error);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#socket.resume();
    }
  }
}
