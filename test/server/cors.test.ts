import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { expect } from "chai";
import { startTestServer, type TestServer } from "../support/test-server.ts";

const getGateway = "/openclaw.gateway.v1.GatewayService/GetGateway";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("hosts and origins", () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({
      allowedOrigins: ["https://assistant.example"],
      allowedHosts: ["gateway.example"],
    });
  });

  after(() => server.stop());

  /** Unlike fetch, this sends the Host and Origin it is told to. */
  function send(method: string, path: string, headers: Record<string, string>, body = ""): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({ port: server.port, host: "127.0.0.1", method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => {
          const { statusCode: status = 0, headers: received } = response;
          resolve({ status, headers: received, body: Buffer.concat(chunks).toString() });
        });
      });
      request.on("error", reject);
      request.end(body);
    });
  }

  const json = { "content-type": "application/json" };
  const rpc = (headers: Record<string, string>) => send("POST", getGateway, { ...json, ...headers }, "{}");

  it("refuses a host that is not the gateway's, in the protocol of the call", async () => {
    const { status, body } = await rpc({ host: "evil.example:18789" });
    expect(status).to.equal(403);
    const { code, details } = JSON.parse(body);
    expect(code).to.equal("permission_denied");
    expect(details[0].debug).to.deep.include({ reason: "ORIGIN_REFUSED", metadata: { host: "evil.example:18789" } });
  });

  it("refuses a host that is not the gateway's on every path, in words", async () => {
    for (const path of ["/", "/healthz", "/anything"]) {
      const { status, body } = await send("GET", path, { host: "evil.example" });
      expect(status, path).to.equal(403);
      expect(body).to.include("gateway.allowedHosts");
    }
  });

  it("answers to a host it was told to", async () => {
    expect((await rpc({ host: "gateway.example" })).status).to.equal(200);
  });

  it("refuses a foreign page before its request reaches a handler, and gives it nothing to read", async () => {
    const { status, headers, body } = await rpc({ origin: "https://evil.example" });
    expect(status).to.equal(403);
    expect(JSON.parse(body).details[0].debug.reason).to.equal("ORIGIN_REFUSED");
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).to.deep.equal([]);
  });

  it("lets an allowed page read the answer, and only that page", async () => {
    const { status, headers } = await rpc({ origin: "https://assistant.example" });
    expect(status).to.equal(200);
    expect(headers["access-control-allow-origin"]).to.equal("https://assistant.example");
    expect(headers.vary).to.include("Origin");
    expect(headers["access-control-expose-headers"]).to.include("grpc-status, grpc-message, grpc-status-details-bin");
    expect(headers).not.to.have.property("access-control-allow-credentials");
  });

  it("lets pages of loopback in, on any port", async () => {
    expect((await rpc({ origin: "http://localhost:5173" })).status).to.equal(200);
  });

  it("answers a preflight with what Connect and gRPC-Web send", async () => {
    const { status, headers, body } = await send("OPTIONS", getGateway, {
      origin: "https://assistant.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,connect-protocol-version",
    });
    expect(status).to.equal(204);
    expect(body).to.equal("");
    expect(headers).to.include({
      "access-control-allow-origin": "https://assistant.example",
      "access-control-allow-methods": "GET, POST",
      "access-control-max-age": "7200",
    });
    const allowed = headers["access-control-allow-headers"]?.split(", ");
    expect(allowed).to.include.members([
      "authorization",
      "content-type",
      "connect-protocol-version",
      "connect-timeout-ms",
      "grpc-timeout",
      "x-grpc-web",
      "x-user-agent",
    ]);
    expect(headers).not.to.have.property("access-control-allow-private-network");
  });

  it("allows the private network when the browser asks for it", async () => {
    const { headers } = await send("OPTIONS", getGateway, {
      origin: "https://assistant.example",
      "access-control-request-method": "POST",
      "access-control-request-private-network": "true",
    });
    expect(headers["access-control-allow-private-network"]).to.equal("true");
  });

  it("answers a foreign page's preflight without CORS headers", async () => {
    const { status, headers } = await send("OPTIONS", getGateway, {
      origin: "https://evil.example",
      "access-control-request-method": "POST",
    });
    expect(status).to.equal(403);
    expect(headers).not.to.have.property("access-control-allow-origin");
  });

  it("refuses calls a foreign page makes without an origin: images, links and forms", async () => {
    const query = `${getGateway}?connect=v1&encoding=json&message=%7B%7D`;
    expect((await send("GET", query, { "sec-fetch-site": "cross-site" })).status).to.equal(403);
    expect((await send("GET", query, { "sec-fetch-site": "same-origin" })).status).to.equal(200);
    expect((await send("GET", query, {})).status).to.equal(200);
  });

  it("puts security headers on every answer", async () => {
    const answers = [
      await rpc({}),
      await rpc({ host: "evil.example" }),
      await send("GET", "/healthz", {}),
      await send("GET", "/nothing", {}),
      await send("POST", "/openclaw.gateway.v1.GatewayService/Nothing", json, "{}"),
    ];
    for (const { headers } of answers) {
      expect(headers).to.include({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
      expect(headers["content-security-policy"]).to.include("default-src 'none'");
    }
  });
});
