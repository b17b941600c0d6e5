/** A client for benchmarks: connect-node over one HTTP/2 connection, without retries, so that nothing is hidden. */

import { type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { RunService } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { SessionService } from "../../../gen/openclaw/gateway/v1/session_service_pb.ts";
import type { BenchGateway } from "./bench-gateway.ts";

/** A connection to one gateway. */
export interface BenchClient {
  readonly sessions: Client<typeof SessionService>;
  readonly runs: Client<typeof RunService>;
  close(): void;
}

/** Connects at the first call. */
export function connectBenchClient({ url, token }: Pick<BenchGateway, "url" | "token">): BenchClient {
  const sessionManager = new Http2SessionManager(url);
  const transport = createConnectTransport({
    baseUrl: url,
    httpVersion: "2",
    useBinaryFormat: true,
    sessionManager,
    interceptors: [
      (next) => (request) => {
        request.header.set("authorization", `Bearer ${token}`);
        return next(request);
      },
    ],
  });
  return {
    sessions: createClient(SessionService, transport),
    runs: createClient(RunService, transport),
    close: () => sessionManager.abort(),
  };
}
