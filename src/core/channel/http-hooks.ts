/** HTTP requests from networks: paths on the gateway's own port that connections answer while they are up. */

/** One request, read whole. */
export interface HookRequest {
  /** Path with its query: "/hooks/chat?x=1". */
  readonly url: string;
  /** Names in lower case; of repeated ones the first. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 1 MiB. */
  readonly body: Uint8Array;
}

/** Its answer. 401 counts as a wrong credential of whoever sent the request. */
export interface HookResponse {
  readonly status: number;
  /** Plain text or JSON; empty when absent. */
  readonly body?: string;
  readonly contentType?: string;
}

/** Answers once what the request brought is safe on disk: the sender takes the answer for a receipt. */
export type HookHandler = (request: HookRequest) => Promise<HookResponse>;

/** Who answers which path. */
export class HttpHooks {
  readonly #handlers = new Map<string, HookHandler>();

  /** Answers POSTs to the path until the returned function is called. A newer handler of the same path takes over. */
  serve(path: string, handler: HookHandler): () => void {
    this.#handlers.set(path, handler);
    return () => {
      if (this.#handlers.get(path) === handler) this.#handlers.delete(path);
    };
  }

  find(path: string): HookHandler | undefined {
    return this.#handlers.get(path);
  }
}
