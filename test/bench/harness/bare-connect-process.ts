/** connect-node's own server with one method that answers hello: what the protocol library costs by itself. */

import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../../gen/health/v1/health_pb.ts";

const handle = connectNodeAdapter({
  routes: (router) => router.service(Health, { check: () => ({ status: Status.SERVING }) }),
});
const addresses = { http2: await listen(http2.createServer(handle)), http1: await listen(http.createServer(handle)) };
process.stdout.write(`${JSON.stringify(addresses)}\n`);

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
