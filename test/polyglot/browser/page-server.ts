/** A web server with one page whose script is page.ts, bundled as a web developer would. */

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";

const html = '<!doctype html><meta charset="utf-8"><title>polyglot</title><script src="/page.js"></script>';

/** Serves the page under every host name on a free port of 127.0.0.1. */
export class PageServer {
  readonly #script: Uint8Array;
  readonly #server: Server;

  private constructor(script: Uint8Array) {
    this.#script = script;
    this.#server = createServer((request, response) => {
      const isScript = request.url === "/page.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? this.#script : html);
    });
  }

  /** Bundles the script and listens. */
  static async start(): Promise<PageServer> {
    const bundle = await build({
      entryPoints: [join(import.meta.dirname, "page.ts")],
      bundle: true,
      write: false,
      platform: "browser",
      target: "es2022",
      logLevel: "silent",
    });
    const server = new PageServer(bundle.outputFiles[0]?.contents ?? new Uint8Array());
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
