/** Nothing but curl: JSON in, JSON out, and a stream put together and taken apart by hand. */

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { testToken } from "../support/gateway-process.ts";
import { type Gateways, startGateways } from "./gateways.ts";
import { findProgram, runProgram } from "./toolchain.ts";

const authorization = ["-H", `authorization: Bearer ${testToken}`];
const json = ["-H", "content-type: application/json"];

/** The answer to one request. */
interface Answer {
  readonly status: number;
  /** "1.1" or "2". */
  readonly version: string;
  readonly body: Buffer;
}

describe("curl", () => {
  let gateways: Gateways | undefined;
  let curl: (args: readonly string[], input?: Buffer) => Promise<Answer>;

  before(async function () {
    const program = await findProgram("curl");
    if (program === undefined) return this.skip();
    gateways = await startGateways();
    curl = async (args, input) => {
      const written = ["--silent", "--show-error", "--max-time", "15", "--write-out", "\n%{http_code} %{http_version}"];
      const options = { encoding: "latin1", ...(input === undefined ? {} : { input }) } as const;
      const output = await runProgram(program, [...written, ...args], options);
      const [, body = "", status = "", version = ""] = /^([\s\S]*)\n(\d+) (\S+)$/.exec(output) ?? [];
      return { status: Number(status), version, body: Buffer.from(body, "latin1") };
    };
  });
  after(() => gateways?.stop());

  const url = (method: string, over: "plain" | "tls" = "plain"): string =>
    `${(gateways as Gateways)[over].url}/openclaw.gateway.v1.${method}`;

  const createRun = async (text: string): Promise<string> => {
    const request = { parent: "sessions/main", parts: [{ text }], requestId: randomUUID() };
    const data = ["--data", JSON.stringify(request)];
    const { body } = await curl([...authorization, ...json, ...data, url("RunService/CreateRun")]);
    return (jsonOf(body) as { run: { name: string } }).run.name;
  };

  it("posts JSON and gets JSON", async () => {
    const { status, version, body } = await curl([
      ...[...authorization, ...json, "--data", "{}"],
      url("GatewayService/GetGateway"),
    ]);
    expect({ status, version }).deep.equal({ status: 200, version: "1.1" });
    expect(jsonOf(body)).nested.include({ "gateway.state": "STATE_READY", "caller.principal": "token" });
  });

  it("reads with GET", async () => {
    const query = ["connect=v1", "encoding=json", 'message={"name":"sessions/main"}'];
    const fields = query.flatMap((field) => ["--data-urlencode", field]);
    const { status, body } = await curl([...authorization, "--get", ...fields, url("SessionService/GetSession")]);
    expect(status).equal(200);
    expect(jsonOf(body)).nested.include({ "session.kind": "KIND_MAIN" });
  });

  it("takes the names of fields as proto/ writes them, too", async () => {
    const data = ["--data", '{"page_size": 1}'];
    const { status } = await curl([...authorization, ...json, ...data, url("SessionService/ListSessions")]);
    expect(status).equal(200);
  });

  it("may not change anything with GET", async () => {
    const fields = ["connect=v1", "encoding=json", "message={}"].flatMap((field) => ["--data-urlencode", field]);
    const { status } = await curl([...authorization, "--get", ...fields, url("SessionService/CreateSession")]);
    expect(status).equal(405);
  });

  for (const [over, version] of [
    ["TLS", "2"],
    ["TLS and HTTP/1.1", "1.1"],
  ] as const) {
    it(`posts JSON over ${over}`, async () => {
      const trust = ["--cacert", (gateways as Gateways).tls.caFile, version === "2" ? "--http2" : "--http1.1"];
      const posted = [...authorization, ...json, "--data", "{}", url("GatewayService/GetGateway", "tls")];
      expect(await curl([...trust, ...posted])).include({ status: 200, version });
    });
  }

  it("posts JSON over cleartext HTTP/2", async () => {
    const posted = [...authorization, ...json, "--data", "{}", url("GatewayService/GetGateway")];
    expect(await curl(["--http2-prior-knowledge", ...posted])).include({ status: 200, version: "2" });
  });

  it("gets a failed call as an HTTP status and a JSON document", async () => {
    const data = ["--data", '{"name":"sessions/nobody"}'];
    const { status, body } = await curl([...authorization, ...json, ...data, url("SessionService/GetSession")]);
    expect(status).equal(404);
    const { code, message, details } = jsonOf(body) as { code: string; message: string; details: object[] };
    expect({ code, message }).deep.equal({ code: "not_found", message: "sessions/nobody does not exist" });
    expect(details[0]).deep.include({
      type: "google.rpc.ErrorInfo",
      debug: { reason: "NOT_FOUND", domain: "gateway.openclaw", metadata: { name: "sessions/nobody" } },
    });
  });

  it("is refused without a token", async () => {
    expect(await curl([...json, "--data", "{}", url("GatewayService/GetGateway")])).include({ status: 401 });
  });

  it("reads a stream by hand", async () => {
    const name = await createRun("/slow 5\ngrüße aus 日本");
    const type = ["-H", "content-type: application/connect+json", "--data-binary", "@-"];
    const request = envelope(JSON.stringify({ name }));
    const { status, body } = await curl([...authorization, ...type, url("RunService/WatchRun")], request);
    expect(status).equal(200);
    const frames = envelopes(body);
    const texts = frames.map(({ message }) => (message as { delta?: { text: string } }).delta?.text ?? "");
    expect(texts.join("")).equal("grüße aus 日本");
    expect(frames.at(-1)).deep.equal({ flags: 2, message: {} });
    expect(frames.at(-2)?.message).nested.include({ "run.state": "STATE_SUCCEEDED" });
  });

  it("reads the error that ends a stream", async () => {
    const type = ["-H", "content-type: application/connect+json", "--data-binary", "@-"];
    const request = envelope('{"name":"sessions/main/runs/no"}');
    const { status, body } = await curl([...authorization, ...type, url("RunService/WatchRun")], request);
    expect(status).equal(200);
    const [last] = envelopes(body);
    expect(last).nested.include({ flags: 2, "message.error.code": "not_found" });
  });

  it("is told by the gateway that the deadline of a stream passed", async () => {
    const type = ["-H", "content-type: application/connect+json", "--data-binary", "@-"];
    const deadline = ["-H", "connect-timeout-ms: 200"];
    const name = await createRun("/slow 60000\nnever said");
    for (const [method, request] of [
      ["EventService/WatchEvents", "{}"],
      ["RunService/WatchRun", JSON.stringify({ name })],
    ] as const) {
      const { body } = await curl([...authorization, ...type, ...deadline, url(method)], envelope(request));
      expect(envelopes(body).at(-1), method).nested.include({ flags: 2, "message.error.code": "deadline_exceeded" });
    }
  });

  it("is told with 505 that gRPC needs HTTP/2", async () => {
    const type = ["-H", "content-type: application/grpc", "--data-binary", "@-"];
    const request = Buffer.alloc(5);
    const posted = [...authorization, "--http1.1", ...type, url("GatewayService/GetGateway")];
    expect(await curl(posted, request)).include({ status: 505 });
  });
});

function jsonOf(body: Buffer): unknown {
  return JSON.parse(body.toString());
}

/** One message of a Connect stream: a byte of flags, the length in four bytes, the message. */
function envelope(text: string): Buffer {
  const message = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function envelopes(stream: Buffer): { flags: number; message: unknown }[] {
  const found: { flags: number; message: unknown }[] = [];
  for (let rest = stream; rest.length >= 5; ) {
    const end = 5 + rest.readUInt32BE(1);
    found.push({ flags: rest[0] ?? 0, message: JSON.parse(rest.subarray(5, end).toString()) });
    rest = rest.subarray(end);
  }
  return found;
}
