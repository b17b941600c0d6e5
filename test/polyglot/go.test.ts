/** Go clients: grpc-go and connect-go with code generated from proto/, in every protocol, over HTTP/1.1, h2c and TLS. */

import { join } from "node:path";
import { runClient } from "./client-program.ts";
import { type Address, type Gateways, startGateways } from "./gateways.ts";
import { buildGoPrograms } from "./go-programs.ts";
import { type Findings, provesTheScenario, taskOf } from "./scenario.ts";
import { findProgram } from "./toolchain.ts";

/** Which client, as main.go names it, calls which gateway. */
const clients: readonly { client: string; over: "plain" | "tls"; title: string }[] = [
  { client: "grpc-go", over: "plain", title: "grpc-go over cleartext HTTP/2" },
  { client: "grpc-go", over: "tls", title: "grpc-go over TLS" },
  { client: "connect-h1", over: "plain", title: "connect-go, Connect with GET, over HTTP/1.1" },
  { client: "connect-h2", over: "plain", title: "connect-go, Connect with GET, over cleartext HTTP/2" },
  { client: "connect-h2", over: "tls", title: "connect-go, Connect with GET, over TLS" },
  { client: "connect-h1", over: "tls", title: "connect-go, Connect with GET, over TLS and HTTP/1.1" },
  { client: "grpc-h2", over: "plain", title: "connect-go, gRPC, over cleartext HTTP/2" },
  { client: "grpc-h2", over: "tls", title: "connect-go, gRPC, over TLS" },
  { client: "grpcweb-h1", over: "plain", title: "connect-go, gRPC-Web, over HTTP/1.1" },
  { client: "grpcweb-h2", over: "plain", title: "connect-go, gRPC-Web, over cleartext HTTP/2" },
  { client: "grpcweb-h2", over: "tls", title: "connect-go, gRPC-Web, over TLS" },
];

describe("Go clients", () => {
  let gateways: Gateways | undefined;
  let findings: readonly Findings[];

  before(async function () {
    this.timeout(300_000);
    const go = await findProgram("go");
    if (go === undefined) return this.skip();
    const programs = await buildGoPrograms(go);
    if (programs === undefined) return this.skip();
    const program = join(programs, "client");
    gateways = await startGateways();
    const { plain, tls } = gateways;
    const run = ({ client, over }: (typeof clients)[number]): Promise<Findings> => {
      const address: Address = over === "plain" ? plain : tls;
      return runClient({ program, args: [client] }, taskOf(`${client}-${over}`, address));
    };
    findings = await Promise.all(clients.map(run));
  });
  after(() => gateways?.stop());

  clients.forEach(({ client, over, title }, index) => {
    describe(title, () => {
      provesTheScenario(() => findings[index] ?? new Map(), `${client}-${over}`);
    });
  });
});
