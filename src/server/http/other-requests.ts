/** What the port serves besides RPCs and probes: pages to people, hooks to networks. */

import type { RpcParts } from "../rpc-server.ts";
import { HookServer, type HookServerOptions } from "./hook-server.ts";
import { PageServer, type PageServerOptions } from "./page-server.ts";

/** What it needs: pages, and hooks unless there are none. */
export type OtherRequestsOptions = PageServerOptions &
  Pick<HookServerOptions, "clock" | "requestMs"> & { readonly hooks?: HookServerOptions["hooks"] | undefined };

/** Answers requests by their path. */
export class OtherRequests {
  readonly #pages: PageServer;
  readonly #hooks: HookServer | undefined;

  constructor({ hooks, ...options }: OtherRequestsOptions) {
    this.#pages = new PageServer(options);
    this.#hooks = hooks && new HookServer({ ...options, hooks });
  }

  /** How a request for this path is answered; undefined when nothing is there. */
  find(path: string): ((parts: RpcParts) => Promise<void>) | undefined {
    const page = this.#pages.find(path);
    if (page !== undefined) return (parts) => this.#pages.serve(parts, page);
    const hook = this.#hooks?.find(path);
    return hook && ((parts) => this.#hooks?.serve(parts, hook) ?? Promise.resolve());
  }
}
