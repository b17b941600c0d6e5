import { expect } from "chai";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { Counter, Metrics } from "../../../src/lib/telemetry/metrics.ts";
import type { EndedCall } from "../../../src/server/call/ended-call.ts";
import { dashboardPages } from "../../../src/server/http/dashboard-pages.ts";
import { metricsPage } from "../../../src/server/http/metrics-page.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { startTestServer, type TestServer } from "../../support/test-server.ts";

describe("pages of the port", () => {
  const calls: EndedCall[] = [];
  const log = new RecordingLog();
  let server: TestServer;

  before(async () => {
    const metrics = new Metrics();
    metrics.add(new Counter({ name: "things_total", help: "Things." })).add([], 3);
    const broken = {
      path: "/broken",
      scope: undefined,
      answer: () => {
        throw new Error("a secret detail");
      },
    };
    const pages = [
      metricsPage(metrics),
      ...dashboardPages(),
      broken,
      { ...metricsPage(metrics), path: "/node", scope: Scope.NODE },
    ];
    const auth = { mode: "token", secret: "the-right-token" } as const;
    server = await startTestServer({ auth, pages, log, onCall: (call) => calls.push(call) });
  });
  after(() => server.stop());

  const get = (path: string, authorization?: string, init: RequestInit = {}) =>
    fetch(server.url + path, { ...init, headers: authorization === undefined ? {} : { authorization } });
  const right = "Bearer the-right-token";

  it("show the metrics to whoever may read", async () => {
    const response = await get("/metrics", right);
    expect(response.status).to.equal(200);
    expect(response.headers.get("content-type")).to.equal("text/plain; version=0.0.4; charset=utf-8");
    expect(await response.text()).to.equal(
      "# HELP things_total Things.\n# TYPE things_total counter\nthings_total 3\n",
    );
  });

  it("refuse the metrics to callers without a credential, or with a wrong one", async () => {
    for (const authorization of [undefined, "Bearer wrong", "Basic d3Jvbmc6d3Jvbmc="]) {
      const response = await get("/metrics", authorization);
      expect([response.status, (await response.text()).includes("things")]).to.deep.equal([401, false]);
      expect(response.headers.get("www-authenticate")).to.match(/^Bearer/);
    }
  });

  it("refuse a caller who lacks the scope", async () => {
    expect((await get("/node", right)).status).to.equal(403);
  });

  it("answer HEAD without a body, and nothing but GET and HEAD", async () => {
    const head = await get("/metrics", right, { method: "HEAD" });
    expect([head.status, await head.text()]).to.deep.equal([200, ""]);
    expect((await get("/metrics", right, { method: "POST" })).status).to.equal(405);
  });

  it("tell nothing of an error inside", async () => {
    const response = await get("/broken");
    expect([response.status, (await response.text()).includes("secret")]).to.deep.equal([500, false]);
    expect(log.text).to.contain("a secret detail");
  });

  it("show the dashboard to everybody, with a policy that lets nothing in from elsewhere", async () => {
    const response = await get("/");
    const html = await response.text();
    expect([response.status, response.headers.get("content-type")]).to.deep.equal([200, "text/html; charset=utf-8"]);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).to.contain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).to.not.match(/unsafe|https?:|\*/);
    expect(html).to.not.match(/<script(?![^>]*src="\/)|style=| on\w+=|https?:\/\/(?!www\.w3\.org)/);
    const parts = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(parts).to.deep.equal(["/dashboard/style.css", "/dashboard/app.js"]);
    for (const path of parts) expect((await get(path)).status, path).to.equal(200);
  });

  it("leave every other path as it was", async () => {
    expect((await get("/dashboard/")).status).to.equal(404);
    expect((await get("/healthz")).status).to.equal(200);
  });

  it("let others hear of every call that ends", async () => {
    calls.length = 0;
    const path = "/openclaw.gateway.v1.GatewayService/GetGateway";
    for (const authorization of [right, undefined]) {
      const headers = { "content-type": "application/json", ...(authorization && { authorization }) };
      await (await fetch(server.url + path, { method: "POST", body: "{}", headers })).text();
    }
    expect(calls.map(({ method, code, stream }) => [method, code, stream])).to.deep.equal([
      ["GatewayService/GetGateway", "OK", false],
      ["GatewayService/GetGateway", "Unauthenticated", false],
    ]);
  });
});
