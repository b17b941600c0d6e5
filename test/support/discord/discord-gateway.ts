/** The gateway of the fake Discord: sessions that can be resumed, and lines that break. */

import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { type DiscordPlace, guildId, selfUser } from "./discord-place.ts";

interface Session {
  readonly id: string;
  readonly told: { readonly op: 0; readonly s: number; readonly t: string; readonly d: unknown }[];
  line: WebSocket | undefined;
}

/** See the file's first line. */
export class DiscordGateway {
  /** How sessions were begun, in order: "identify" or "resume 12". */
  readonly entries: string[] = [];
  /** What clients asked for when they identified. */
  readonly intents: number[] = [];
  /** Heartbeats so far. */
  beats = 0;
  /** Beats wanted this often, ms. */
  heartbeatMs = 30_000;
  /** False leaves heartbeats unanswered. */
  answersBeats = true;
  /** Closes whoever identifies with this code. */
  refuseWith: number | undefined;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #sessions = new Map<string, Session>();
  readonly #place: DiscordPlace;
  readonly #url: () => string;
  readonly #token: string;

  constructor(place: DiscordPlace, url: () => string, token: string) {
    this.#place = place;
    this.#url = url;
    this.#token = token;
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (line) => this.#welcome(line));
  }

  close(): void {
    for (const line of this.#server.clients) line.terminate();
    this.#server.close();
  }

  /** Everybody is told, and whoever is away when they resume. */
  tell(name: string, data: unknown): void {
    for (const session of this.#sessions.values()) tellSession(session, name, data);
  }

  /** Tells the last thing with this name once more. */
  repeat(name: string): void {
    for (const session of this.#sessions.values()) {
      const last = session.told.findLast(({ t }) => t === name);
      if (last !== undefined) tellSession(session, name, last.d);
    }
  }

  /** Asks everybody to connect again. */
  askToReconnect(): void {
    for (const line of this.#server.clients) send(line, { op: 7, d: null });
  }

  /** Knows no session any more; lines stay open. */
  forgetSessions(): void {
    this.#sessions.clear();
  }

  #welcome(line: WebSocket): void {
    line.on("error", () => {});
    line.on("message", (bytes) => this.#hear(line, JSON.parse(String(bytes))));
    send(line, { op: 10, d: { heartbeat_interval: this.heartbeatMs } });
  }

  #hear(line: WebSocket, { op, d }: { op: number; d: Record<string, unknown> }): void {
    if (op === 1) {
      this.beats += 1;
      if (this.answersBeats) send(line, { op: 11 });
    } else if (op === 2 || op === 6) {
      if (d.token !== this.#token) line.close(4004, "Authentication failed.");
      else if (this.refuseWith !== undefined) line.close(this.refuseWith, "no");
      else if (op === 2) this.#identify(line, Number(d.intents));
      else this.#resume(line, String(d.session_id), Number(d.seq));
    }
  }

  #identify(line: WebSocket, intents: number): void {
    this.entries.push("identify");
    this.intents.push(intents);
    const session: Session = { id: randomUUID(), told: [], line };
    this.#sessions.set(session.id, session);
    line.on("close", () => {
      if (session.line === line) session.line = undefined;
    });
    const ready = { v: 10, user: selfUser, session_id: session.id, resume_gateway_url: this.#url() };
    tellSession(session, "READY", { ...ready, guilds: [{ id: guildId, unavailable: true }] });
    tellSession(session, "GUILD_CREATE", this.#place.guild);
  }

  #resume(line: WebSocket, id: string, seq: number): void {
    const session = this.#sessions.get(id);
    if (session === undefined) {
      send(line, { op: 9, d: false });
      return;
    }
    this.entries.push(`resume ${seq}`);
    session.line = line;
    line.on("close", () => {
      if (session.line === line) session.line = undefined;
    });
    for (const told of session.told) if (told.s > seq) send(line, told);
    tellSession(session, "RESUMED", {});
  }
}

function tellSession(session: Session, t: string, d: unknown): void {
  const event = { op: 0 as const, s: session.told.length + 1, t, d: structuredClone(d) };
  session.told.push(event);
  if (session.line !== undefined) send(session.line, event);
}

function send(line: WebSocket, message: object): void {
  if (line.readyState === line.OPEN) line.send(JSON.stringify(message));
}
