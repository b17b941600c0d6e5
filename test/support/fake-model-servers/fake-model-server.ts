/**
 * A local HTTP server that plays a model provider: it answers by script, in a provider's format, and remembers what it was
 * asked. Without a script it answers at once with a short text, which makes it the instant model of the benchmarks.
 */

import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { FakeFault, FakeTurn } from "./fake-turn.ts";

/** One request the server got. */
export interface FakeRequest {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Port the client called from: the same port is the same connection. */
  readonly remotePort: number;
  /** The JSON body. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of four formats.
  readonly body: any;
  /** How the answer ended: the server had said everything, or the client hung up before. */
  readonly ended: Promise<"answered" | "hung up">;
}

/** Answers in order, the last one again for every further request; or a function from the request and its number (from 0). */
export type FakeScript = readonly FakeTurn[] | ((request: FakeRequest, index: number) => FakeTurn);

/** How a provider writes a turn. */
export interface FakeFormat {
  /** Path the base URL ends with, e.g. "/v1". */
  readonly basePath: string;
  /** The events of a turn, each as its lines without the empty line at the end. */
  readonly events: (turn: FakeTurn) => readonly string[];
  /** Body of an HTTP error. */
  readonly errorBody: (status: number, code: string, message: string) => object;
  /** Event of an error in the stream. */
  readonly errorEvent: (code: string, message: string) => string;
  /** Lines of an event that is broken. */
  readonly garbage: string;
}

/** A running server. */
export interface FakeModelServer {
  /** Base URL for the provider's settings. */
  readonly url: string;
  /** Requests so far, oldest first. */
  readonly requests: readonly FakeRequest[];
  /** Stops at once, breaking what is open. */
  close(): Promise<void>;
}

const defaultScript: FakeScript = [{ text: "hello from the fake model" }];

/** Starts a server on a free port of 127.0.0.1. */
export async function startFakeModelServer(format: FakeFormat, script?: FakeScript): Promise<FakeModelServer> {
  const turns = script ?? defaultScript;
  const requests: FakeRequest[] = [];
  const server = http.createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const ended = new Promise<"answered" | "hung up">((resolve) => {
        answer.on("close", () => resolve(answer.writableFinished ? "answered" : "hung up"));
      });
      const request: FakeRequest = {
        path: incoming.url ?? "",
        headers: incoming.headers,
        remotePort: incoming.socket.remotePort ?? 0,
        body: JSON.parse(Buffer.concat(chunks).toString()),
        ended,
      };
      requests.push(request);
      void play(turnFor(turns, request, requests.length - 1), format, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${format.basePath}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function turnFor(script: FakeScript, request: FakeRequest, index: number): FakeTurn {
  if (typeof script === "function") return script(request, index);
  return script[Math.min(index, script.length - 1)] ?? {};
}

async function play(turn: FakeTurn, format: FakeFormat, answer: http.ServerResponse): Promise<void> {
  const { fault } = turn;
  if (fault?.kind === "status") {
    const { status, code = "error", message = "asked to fail", headers = {} } = fault;
    answer.writeHead(status, { "content-type": "application/json", ...headers });
    answer.end(fault.body ?? JSON.stringify(format.errorBody(status, code, message)));
    return;
  }
  const events = format.events(turn).slice(0, fault?.after);
  answer.writeHead(200, { "content-type": "text/event-stream" });
  if (turn.pauseMs === undefined && !fault) {
    answer.end(events.map((event) => `${event}\n\n`).join(""));
    return;
  }
  answer.flushHeaders();
  for (const event of events) {
    if (answer.destroyed) return;
    answer.write(`${event}\n\n`);
    await pause(turn.pauseMs ?? 0);
  }
  breakOff(fault, format, answer);
}

function breakOff(fault: FakeFault | undefined, format: FakeFormat, answer: http.ServerResponse): void {
  switch (fault?.kind) {
    case "hang":
      return;
    case "cut":
      answer.destroy();
      return;
    case "garbage":
      answer.end(`${format.garbage}\n\n`);
      return;
    case "error":
      answer.end(`${format.errorEvent(fault.code, fault.message)}\n\n`);
      return;
    default:
      answer.end();
  }
}
