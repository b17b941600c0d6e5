/** Every method the server answers, by path, in all three protocols. */

import { createRegistry, type Registry } from "@bufbuild/protobuf";
import { type ConnectRouter, type ConnectRouterOptions, createConnectRouter } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import { file_google_rpc_error_details } from "../../gen/google/rpc/error_details_pb.ts";
import type { Log } from "../lib/log.ts";
import { translatingRouter } from "./handler-errors.ts";

/** What RpcRoutes needs. */
export interface RpcRoutesOptions {
  /** Registers the services. */
  readonly routes: (router: ConnectRouter) => void;
  /** Runs on the headers of every call and throws a ConnectError to refuse it. */
  readonly gate: NonNullable<ConnectRouterOptions["requestGate"]>;
  /** Largest request message, before and after decompression. */
  readonly messageBytes: number;
  readonly log: Log;
}

/** The handlers of all registered methods. */
export class RpcRoutes {
  readonly #handlers: ReadonlyMap<string, UniversalHandler>;

  constructor({ routes, gate, messageBytes, log }: RpcRoutesOptions) {
    const router = createConnectRouter(routerOptions(gate, messageBytes));
    routes(translatingRouter(router, log));
    this.#handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  }

  /** The handler of "/package.Service/Method". */
  find(path: string): UniversalHandler | undefined {
    return this.#handlers.get(path);
  }
}

/** Options every router of the server shares. */
export function routerOptions(gate: RpcRoutesOptions["gate"], messageBytes: number): ConnectRouterOptions {
  return {
    requestGate: gate,
    readMaxBytes: messageBytes,
    acceptCompression: [compressionGzip, compressionBrotli],
    jsonOptions: { registry: anyTypes },
  };
}

/** What a google.protobuf.Any in a JSON answer may hold: the details of a run's error. */
const anyTypes: Registry = createRegistry(file_google_rpc_error_details);
