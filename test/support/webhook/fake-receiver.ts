/** A program on the other side of a webhook: keeps what it is told, checks signatures, and says things until they are taken. */

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What it was told. */
export interface ToldRequest {
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How it treats the next request: a status, or it takes it and cuts the line. */
export interface NextAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly cut?: boolean;
}

/** "sha256=…" as both sides sign. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

/** See the file's first line. */
export class FakeReceiver {
  readonly secret = "a-secret-both-sides-know";
  /** Requests that were taken. */
  readonly told: ToldRequest[] = [];
  /** All requests. */
  readonly asked: ToldRequest[] = [];
  readonly #answers: NextAnswer[] = [];
  /** By idempotency key: what was answered. */
  readonly #done = new Map<string, string>();
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/claw`;
  }

  /** Listens; on the port of before if there was one. */
  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }

  answerNext(answer: NextAnswer): void {
    this.#answers.push(answer);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { headers } = request;
    const told = { headers, text, body: JSON.parse(text) as Record<string, unknown> };
    this.asked.push(told);
    const timestamp = String(headers["x-openclaw-timestamp"]);
    if (headers["x-openclaw-signature"] !== signatureOf(this.secret, timestamp, text)) {
      response.writeHead(401).end();
      return;
    }
    const { status = 200, cut = false, ...answer } = this.#answers.shift() ?? {};
    if (status !== 200) {
      response.writeHead(status, answer.headers).end(answer.body);
      return;
    }
    const key = String(headers["idempotency-key"]);
    const id = this.#done.get(key) ?? `m${this.told.length + 1}`;
    if (!this.#done.has(key)) this.told.push(told);
    this.#done.set(key, id);
    if (cut) request.socket.resetAndDestroy();
    else response.writeHead(200).end(answer.body ?? JSON.stringify({ id }));
  }
}
