/** Every method the server answers, by path, in all three protocols. */

import type { Registry } from "@bufbuild/protobuf";
import { type ConnectRouter, type ConnectRouterOptions, createConnectRouter } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { compressions } from "./call/compression.ts";
import type { ErrorTranslator } from "./failures.ts";
import { translatingRouter } from "./handler-errors.ts";

/** What RpcRoutes needs. */
export interface RpcRoutesOptions {
  /** Registers the services. */
  readonly routes: (router: ConnectRouter) => void;
  /** Runs on the headers of every call and throws a ConnectError to refuse it. */
  readonly gate: NonNullable<ConnectRouterOptions["requestGate"]>;
  /** Tells what handlers throw. */
  readonly errors: ErrorTranslator;
  /** Largest request message, before and after decompression. */
  readonly messageBytes: number;
  /** What a google.protobuf.Any in a JSON message may hold; the gateway's own contract has none. */
  readonly anyTypes?: Registry;
}

/** The handlers of all registered methods. */
export class RpcRoutes {
  readonly #handlers: ReadonlyMap<string, UniversalHandler>;

  constructor(options: RpcRoutesOptions) {
    const router = createConnectRouter(routerOptions(options));
    options.routes(translatingRouter(router, options.errors));
    this.#handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  }

  /** The handler of "/package.Service/Method". */
  find(path: string): UniversalHandler | undefined {
    return this.#handlers.get(path);
  }
}

/** Options every router of the server shares. */
export function routerOptions({
  gate,
  messageBytes,
  anyTypes,
}: Pick<RpcRoutesOptions, "gate" | "messageBytes" | "anyTypes">): ConnectRouterOptions {
  return {
    requestGate: gate,
    readMaxBytes: messageBytes,
    acceptCompression: compressions,
    jsonOptions: anyTypes === undefined ? undefined : { registry: anyTypes },
  };
}
