/**
 * A watcher of the event log that costs next to nothing: it looks for marks in the bytes it gets and decodes none of them,
 * so that two hundred of them in one process still see when something came.
 */

import { once } from "node:events";
import http2 from "node:http2";
import type { BenchGateway } from "./bench-gateway.ts";

/** Told of every chunk of a stream, and when it came (performance.now). */
export type ChunkListener = (chunk: Buffer, receivedMs: number) => void;

/** A stream on a connection of its own. */
export class EventWatcher {
  readonly #session: http2.ClientHttp2Session;

  private constructor(session: http2.ClientHttp2Session) {
    this.#session = session;
  }

  /** Opens the stream; resolves with its first frame, which means that nothing is missed from now on. */
  static async open({ url, token }: BenchGateway, onChunk: ChunkListener): Promise<EventWatcher> {
    const session = http2.connect(url);
    const stream = session.request({
      ":method": "POST",
      ":path": "/openclaw.gateway.v1.EventService/WatchEvents",
      "content-type": "application/connect+proto",
      "connect-protocol-version": "1",
      authorization: `Bearer ${token}`,
    });
    // The envelope of an empty request.
    stream.end(Buffer.alloc(5));
    const [headers] = (await once(stream, "response")) as [http2.IncomingHttpHeaders];
    if (Number(headers[":status"]) !== 200) throw new Error(`the watch was answered with ${headers[":status"]}`);
    await once(stream, "data");
    stream.on("data", (chunk: Buffer) => onChunk(chunk, performance.now()));
    return new EventWatcher(session);
  }

  close(): void {
    this.#session.destroy();
  }
}
