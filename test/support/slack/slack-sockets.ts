/** Socket mode of the fake Slack: each event goes to one line, and comes again until it is acknowledged. */

import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

interface Envelope {
  readonly envelope_id: string;
  readonly event: object;
  attempts: number;
}

/** See the file's first line. */
export class SlackSockets {
  /** Ids of envelopes that were acknowledged, in order. */
  readonly acknowledged: string[] = [];
  /** Lines that were opened so far. */
  opened = 0;
  /** False loses events nobody is there for. */
  keepsEvents = true;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #waiting = new Map<string, Envelope>();
  #last: object | undefined;
  #teamId: string;

  constructor(teamId: string) {
    this.#teamId = teamId;
  }

  /** Lines that are open. */
  get lines(): number {
    return this.#server.clients.size;
  }

  /** Envelopes nobody acknowledged yet. */
  get unacknowledged(): number {
    return this.#waiting.size;
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (line) => this.#welcome(line));
  }

  close(): void {
    for (const line of this.#server.clients) line.terminate();
    this.#server.close();
  }

  tell(event: object): void {
    this.#last = event;
    const line = this.#newest;
    if (line === undefined && !this.keepsEvents) return;
    const envelope = { envelope_id: randomUUID(), event: structuredClone(event), attempts: 0 };
    this.#waiting.set(envelope.envelope_id, envelope);
    if (line !== undefined) this.#send(line, envelope);
  }

  /** Brings the last event once more. */
  repeat(): void {
    if (this.#last !== undefined) this.tell(this.#last);
  }

  /** Brings what nobody acknowledged once more, on the newest line. */
  bringAgain(): void {
    const line = this.#newest;
    if (line !== undefined) for (const envelope of this.#waiting.values()) this.#send(line, envelope);
  }

  /** Says that lines are about to end, as Slack does. */
  disconnect(reason: string): void {
    for (const line of this.#server.clients) write(line, { type: "disconnect", reason });
  }

  get #newest(): WebSocket | undefined {
    return [...this.#server.clients].findLast((line) => line.readyState === line.OPEN);
  }

  #welcome(line: WebSocket): void {
    this.opened += 1;
    line.on("error", () => {});
    line.on("message", (bytes) => {
      const { envelope_id } = JSON.parse(String(bytes)) as { envelope_id: string };
      this.acknowledged.push(envelope_id);
      this.#waiting.delete(envelope_id);
    });
    write(line, { type: "hello", num_connections: this.lines });
    for (const envelope of this.#waiting.values()) this.#send(line, envelope);
  }

  #send(line: WebSocket, envelope: Envelope): void {
    const { envelope_id, event, attempts } = envelope;
    envelope.attempts += 1;
    if ("type" in event && event.type === "block_actions") {
      write(line, { type: "interactive", envelope_id, payload: event, accepts_response_payload: true });
      return;
    }
    const payload = { type: "event_callback", team_id: this.#teamId, event };
    write(line, { type: "events_api", envelope_id, payload, retry_attempt: attempts, accepts_response_payload: false });
  }
}

function write(line: WebSocket, message: object): void {
  if (line.readyState === line.OPEN) line.send(JSON.stringify(message));
}
