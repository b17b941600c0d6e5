/** `buf curl`, which is connect-go with the schema read at run time: from proto/, or from the gateway by reflection. */

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { expect } from "chai";
import { testToken } from "../support/gateway-process.ts";
import { type Gateways, startGateways } from "./gateways.ts";
import { endOf, type ProgramEnd, repository } from "./toolchain.ts";

type Protocol = "connect" | "grpc" | "grpcweb";

/** How one call is made. */
interface Way {
  readonly protocol: Protocol;
  /** "h1" and "h2c" are cleartext. */
  readonly over: "h1" | "h2c" | "TLS";
  /** Where the schema comes from. */
  readonly schema: "proto" | "reflection";
}

const ways: readonly Way[] = [
  { protocol: "connect", over: "h1", schema: "proto" },
  { protocol: "connect", over: "h2c", schema: "proto" },
  { protocol: "connect", over: "TLS", schema: "proto" },
  { protocol: "grpc", over: "h2c", schema: "proto" },
  { protocol: "grpc", over: "TLS", schema: "proto" },
  { protocol: "grpcweb", over: "h1", schema: "proto" },
  { protocol: "grpcweb", over: "h2c", schema: "proto" },
  { protocol: "grpcweb", over: "TLS", schema: "proto" },
  { protocol: "connect", over: "h2c", schema: "reflection" },
  { protocol: "grpc", over: "h2c", schema: "reflection" },
  { protocol: "grpcweb", over: "TLS", schema: "reflection" },
];

const buf = join(repository, "node_modules", ".bin", "buf");
const authorization = `authorization: Bearer ${testToken}`;

describe("buf curl", () => {
  let gateways: Gateways | undefined;

  before(async () => {
    gateways = await startGateways();
  });
  after(() => gateways?.stop());

  const curl = (args: readonly string[]): Promise<ProgramEnd> =>
    endOf(buf, ["curl", ...args], { cwd: repository, timeoutMs: 15_000 });
  const call = (way: Way, method: string, request: object): Promise<ProgramEnd> => {
    const { plain, tls } = gateways as Gateways;
    const transport = {
      h1: [],
      h2c: ["--http2-prior-knowledge"],
      TLS: ["--cacert", tls.caFile],
    }[way.over];
    const schema = way.schema === "proto" ? ["--schema", "proto"] : ["--reflect-header", authorization];
    const url = way.over === "TLS" ? tls.url : plain.url;
    const flags = ["--protocol", way.protocol, ...transport, ...schema, "-H", authorization];
    return curl([...flags, "-d", JSON.stringify(request), `${url}/openclaw.gateway.v1.${method}`]);
  };

  for (const way of ways) {
    const source = way.schema === "proto" ? "" : ", schema by reflection";
    describe(`${way.protocol} over ${way.over}${source}`, () => {
      it("starts a run and watches it to its end", async () => {
        const parts = [{ text: "/slow 5\ngrüße aus 日本" }];
        const request = { parent: "sessions/main", parts, requestId: randomUUID(), queueMode: "QUEUE_MODE_FOLLOW_UP" };
        const created = await call(way, "RunService/CreateRun", request);
        const [response] = documents(created) as [{ run: { name: string } }];
        const watched = await call(way, "RunService/WatchRun", { name: response.run.name });
        const frames = documents(watched) as { delta?: { text: string }; run?: { state: string } }[];
        expect(frames.map(({ delta }) => delta?.text ?? "").join("")).equal("grüße aus 日本");
        expect(frames.at(-1)?.run?.state).equal("STATE_SUCCEEDED");
      });

      // What carries an error does not depend on where the schema comes from.
      if (way.schema === "reflection") return;

      it("ends with the code of a failed call and shows its reason", async () => {
        const { exitCode, errors } = await call(way, "SessionService/GetSession", { name: "sessions/nobody" });
        expect(exitCode).equal(5 << 3);
        const { code, message, details } = JSON.parse(errors) as WireError;
        expect({ code, message }).deep.equal({ code: "not_found", message: "sessions/nobody does not exist" });
        expect(details[0]?.type).equal("google.rpc.ErrorInfo");
        expect(Buffer.from(details[0]?.value ?? "", "base64").toString()).include("gateway.openclaw");
      });
    });
  }

  for (const schema of ["proto", "reflection"] as const) {
    it(`shows a run that was cancelled, schema from ${schema}`, async () => {
      const way: Way = { protocol: "connect", over: "h2c", schema };
      const parent = `sessions/cancelled-by-${schema}`;
      documents(
        await call(way, "SessionService/CreateSession", { sessionId: parent.slice(9), requestId: randomUUID() }),
      );
      const request = { parent, parts: [{ text: "/slow 60000\nnever said" }], requestId: randomUUID() };
      const [response] = documents(await call(way, "RunService/CreateRun", request)) as [{ run: { name: string } }];
      const cancelled = await call(way, "RunService/CancelRun", { name: response.run.name, reason: "too slow" });
      expect(documents(cancelled)[0]).nested.include({
        "run.state": "STATE_CANCELLED",
        "run.error.message": "too slow",
      });
    });
  }

  for (const version of ["grpc-v1", "grpc-v1alpha"]) {
    it(`lists services and methods by reflection ${version}`, async () => {
      const reflection = ["--reflect-protocol", version, "--reflect-header", authorization, "--http2-prior-knowledge"];
      const url = (gateways as Gateways).plain.url;
      const services = await curl([...reflection, "--list-services", url]);
      expect(services.output.split("\n")).include.members(["openclaw.gateway.v1.RunService", "grpc.health.v1.Health"]);
      const methods = await curl([...reflection, "--list-methods", url]);
      expect(methods.output.split("\n")).include("openclaw.gateway.v1.RunService/WatchRun");
    });
  }
});

interface WireError {
  readonly code: string;
  readonly message: string;
  readonly details: readonly { readonly type: string; readonly value: string }[];
}

/** The answers, which buf curl writes one below the other. */
function documents({ exitCode, output, errors }: ProgramEnd): unknown[] {
  expect(exitCode, errors).equal(0);
  const texts = output.split(/^\}$/m).filter((text) => text.trim() !== "");
  return texts.map((text) => JSON.parse(`${text}}`) as unknown);
}
