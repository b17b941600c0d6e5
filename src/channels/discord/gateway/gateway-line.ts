/** One connection to Discord's gateway: says who we are, beats its heart, and hands on what happens. */

import { JsonSocket, type SocketEnd } from "../../../lib/web/json-socket.ts";
import type { Dispatch } from "../discord-api.ts";

/** A session that is to go on where it was. */
export interface ResumePoint {
  readonly session: string;
  readonly seq: number;
}

/** How to enter. */
export interface LineOptions {
  readonly url: string;
  readonly token: string;
  readonly intents: number;
  /** Undefined starts a new session. */
  readonly resume: ResumePoint | undefined;
  readonly onDispatch: (dispatch: Dispatch, line: GatewayLine) => void;
}

/** How a line ended, and what to do next: go on where it was, start a new session, or give up. */
export interface LineEnd {
  readonly next: "resume" | "fresh" | "never";
  readonly reason: string;
  /** Discord asked for it: nothing is wrong. */
  readonly asked: boolean;
}

interface Frame {
  readonly op: number;
  readonly d?: unknown;
  readonly s?: number | null;
  readonly t?: string | null;
}

/** Leaves the session open for a while, other than 1000. */
const resumableClose = 4_900;

const hopeless: Readonly<Record<number, string>> = {
  4004: "Discord refuses the token; set channels.discord.token to the bot's token from the developer portal",
  4010: "Discord refuses the shard",
  4011: "Discord wants this bot to be sharded, which this gateway does not do",
  4012: "Discord no longer speaks this version",
  4013: "Discord does not know the intents that were asked for",
  4014:
    "Discord does not allow this bot what it asks for; switch on Message Content Intent in the developer portal, " +
    "or set channels.discord.intents.messageContent to false",
};
const lostSession = new Set([4003, 4007, 4009]);

/** See the file's first line. */
export class GatewayLine {
  readonly ended: Promise<LineEnd>;
  readonly #socket: JsonSocket;
  readonly #options: LineOptions;
  #seq: number;
  #beat: NodeJS.Timeout | undefined;
  #unanswered = false;
  #end: LineEnd | undefined;

  private constructor(socket: JsonSocket, options: LineOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#seq = options.resume?.seq ?? 0;
    this.ended = socket.ended.then((end) => {
      clearTimeout(this.#beat);
      return this.#end ?? endOf(end);
    });
    socket.listen((frame) => this.#hear(frame as Frame));
  }

  /** Connects; what happens is handed on from then. Rejects when that fails. */
  static async open(options: LineOptions, signal: AbortSignal): Promise<GatewayLine> {
    const url = new URL(options.url);
    url.searchParams.set("v", "10");
    url.searchParams.set("encoding", "json");
    return new GatewayLine(await JsonSocket.open(url.href, { signal, maxBytes: 64 * 1_048_576 }), options);
  }

  /** Ends it so that the session can be resumed. */
  close(reason: string): void {
    this.#end ??= { next: "resume", reason, asked: false };
    this.#socket.close(resumableClose, "back later");
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #hear({ op, d, s, t }: Frame): void {
    if (op === 0) {
      this.#seq = s ?? this.#seq;
      this.#options.onDispatch({ name: t ?? "", seq: this.#seq, data: d }, this);
    } else if (op === 1) this.#sendBeat();
    else if (op === 7) this.#leave({ next: "resume", reason: "Discord asked us to connect again", asked: true });
    else if (op === 9) {
      const reason = "Discord no longer knows the session";
      this.#leave({ next: d === true ? "resume" : "fresh", reason, asked: true });
    } else if (op === 10) this.#enter((d as { heartbeat_interval: number }).heartbeat_interval);
    else if (op === 11) this.#unanswered = false;
  }

  #enter(intervalMs: number): void {
    const { token, intents, resume } = this.#options;
    this.#beat = setTimeout(() => this.#keepBeating(intervalMs), intervalMs * Math.random());
    if (resume !== undefined) {
      this.#socket.send({ op: 6, d: { token, session_id: resume.session, seq: resume.seq } });
      return;
    }
    const properties = { os: process.platform, browser: "openclaw", device: "openclaw" };
    this.#socket.send({ op: 2, d: { token, intents, properties } });
  }

  #keepBeating(intervalMs: number): void {
    if (this.#unanswered) {
      this.#socket.cut("Discord no longer answers");
      return;
    }
    this.#unanswered = true;
    this.#sendBeat();
    this.#beat = setTimeout(() => this.#keepBeating(intervalMs), intervalMs);
  }

  #sendBeat(): void {
    this.#socket.send({ op: 1, d: this.#seq === 0 ? null : this.#seq });
  }

  #leave(end: LineEnd): void {
    this.#end ??= end;
    this.#socket.close(resumableClose, "back at once");
  }
}

function endOf({ code, reason }: SocketEnd): LineEnd {
  const words = hopeless[code];
  if (words !== undefined) return { next: "never", reason: words, asked: false };
  return { next: lostSession.has(code) ? "fresh" : "resume", reason, asked: false };
}
