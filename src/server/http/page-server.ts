/** Serves pages: finds the one, asks who calls, answers. */

import { Code } from "../../../gen/google/rpc/code_pb.ts";
import { holds } from "../../core/access/scopes.ts";
import { Failure, scopeMissing, unavailable } from "../../core/errors.ts";
import type { Log } from "../../lib/log.ts";
import { stopSender } from "../call/response-writer.ts";
import type { Authenticator } from "../guard/authenticator.ts";
import { isProxied } from "../guard/gate.ts";
import type { HeaderSet } from "../guard/origin-guard.ts";
import type { RpcParts } from "../rpc-server.ts";
import type { ServerState } from "../server-options.ts";
import type { Page } from "./page.ts";

/** What a PageServer needs. */
export interface PageServerOptions {
  readonly pages: readonly Page[];
  readonly authenticator: Pick<Authenticator, "authenticate">;
  readonly state: () => ServerState["state"];
  readonly log: Log;
}

const text = { "content-type": "text/plain; charset=utf-8" };

const statusOfCode: Partial<Record<Code, number>> = {
  [Code.UNAUTHENTICATED]: 401,
  [Code.PERMISSION_DENIED]: 403,
  [Code.RESOURCE_EXHAUSTED]: 429,
  [Code.UNAVAILABLE]: 503,
};

/** Serves GET and HEAD. */
export class PageServer {
  readonly #options: PageServerOptions;
  readonly #pages: ReadonlyMap<string, Page>;

  constructor(options: PageServerOptions) {
    this.#options = options;
    this.#pages = new Map(options.pages.map((page) => [page.path, page]));
  }

  /** The page at this path. */
  find(path: string): Page | undefined {
    return this.#pages.get(path);
  }

  /** Answers with the page, or says why not. Never fails. */
  async serve(parts: RpcParts, page: Page): Promise<void> {
    try {
      await this.#serve(parts, page);
    } catch (error) {
      if (error instanceof Failure) refuse(parts, error);
      else {
        this.#options.log.error({ error, path: page.path }, "a page could not be made");
        send(parts, { status: 500, headers: text, body: "an error inside the gateway; see its log\n" });
      }
    }
  }

  async #serve(parts: RpcParts, page: Page): Promise<void> {
    const { method } = parts.request;
    if (method !== "GET" && method !== "HEAD") {
      send(parts, { status: 405, headers: { ...text, allow: "GET, HEAD" }, body: "use GET or HEAD\n" });
      return;
    }
    this.#admit(parts, page);
    const answer = await page.answer();
    if (answer === undefined) send(parts, { status: 404, headers: text, body: "nothing here now\n" });
    else {
      const headers = { "content-type": answer.contentType, ...answer.headers };
      send(parts, { status: 200, headers, body: answer.body });
    }
  }

  /** As the gate does with calls. */
  #admit({ request, connection }: RpcParts, { scope }: Page): void {
    if (scope === undefined) return;
    const { authenticator, state } = this.#options;
    if (state() === "starting") throw unavailable("starting");
    const { headers } = request;
    const { authorization, origin } = headers;
    const caller = authenticator.authenticate({ authorization, origin, proxied: isProxied(headers), peer: connection });
    if (!holds(caller, scope)) throw scopeMissing(scope, caller.scopes);
  }
}

function refuse(parts: RpcParts, { code, message, retryAfterMs }: Failure): void {
  const status = statusOfCode[code] ?? 400;
  // Browsers ask for a name and a password then: the gateway takes either.
  const challenge: HeaderSet = status === 401 ? { "www-authenticate": 'Bearer, Basic realm="openclaw"' } : {};
  const seconds = Math.ceil((retryAfterMs ?? 0) / 1_000);
  const later: HeaderSet = retryAfterMs === undefined ? {} : { "retry-after": String(seconds) };
  send(parts, { status, headers: { ...text, ...challenge, ...later }, body: `${message}\n` });
}

interface Answer {
  readonly status: number;
  readonly headers: HeaderSet;
  readonly body: string | Uint8Array;
}

function send(parts: RpcParts, { status, headers, body }: Answer): void {
  const { request, response, baseHeaders } = parts;
  if (response.destroyed || response.headersSent) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries({ ...baseHeaders, ...headers })) response.setHeader(name, value);
  response.setHeader("content-length", String(Buffer.byteLength(body)));
  if (request.method === "HEAD") response.end();
  else response.end(body);
  stopSender(parts);
}
