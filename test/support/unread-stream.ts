/** A stream whose reader does not read: opened over a socket of its own, read only when a test says so. */

import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import type { GatewayProcess } from "./gateway-process.ts";

/** What is opened: a method and its request as JSON. */
export interface UnreadRequest {
  /** "EventService/WatchEvents". */
  readonly method: string;
  readonly body: object;
}

/** Opens a server stream in the Connect protocol and leaves its frames in the network. */
export class UnreadStream {
  readonly #response: IncomingMessage;

  private constructor(response: IncomingMessage) {
    this.#response = response;
  }

  static async open(gateway: GatewayProcess, { method, body }: UnreadRequest): Promise<UnreadStream> {
    const request = http.request(`${gateway.url}/openclaw.gateway.v1.${method}`, {
      method: "POST",
      agent: new http.Agent(),
      headers: { "content-type": "application/connect+json", authorization: `Bearer ${gateway.token}` },
    });
    const json = Buffer.from(JSON.stringify(body));
    const frame = Buffer.alloc(5 + json.length);
    frame.writeUInt32BE(json.length, 1);
    json.copy(frame, 5);
    request.end(frame);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.pause();
    if (response.statusCode !== 200) throw new Error(`${method} was answered with ${response.statusCode}`);
    response.on("error", () => {});
    return new UnreadStream(response);
  }

  /** Reads frames, as JSON, until `enough` says so. */
  async read(enough: (frame: Record<string, unknown>) => boolean): Promise<void> {
    let rest = Buffer.alloc(0);
    for await (const chunk of this.#response) {
      rest = Buffer.concat([rest, chunk as Buffer]);
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
        const end = 5 + rest.readUInt32BE(1);
        const frame = JSON.parse(rest.toString("utf8", 5, end)) as Record<string, unknown>;
        rest = rest.subarray(end);
        if (enough(frame)) return;
      }
    }
    throw new Error("the stream ended before that");
  }

  close(): void {
    this.#response.destroy();
  }
}
