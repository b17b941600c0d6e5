import { expect } from "chai";
import type { ServerState } from "../../src/server/server-options.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";

describe("probes", () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startTestServer({ auth: { mode: "token", secret: "s" } });
  });

  afterEach(() => server.stop());

  async function probe(path: string, headers: Record<string, string> = {}): Promise<[number, unknown]> {
    const response = await fetch(server.url + path, { headers });
    expect(response.headers.get("content-type")).to.equal("application/json");
    return [response.status, await response.json()];
  }

  const states: ServerState["state"][] = ["starting", "ready", "draining", "readOnly"];

  for (const state of states) {
    it(`say that the gateway is alive while it is ${state}, without a credential`, async () => {
      server.current = { state, reason: "because" };
      for (const path of ["/healthz", "/health", "/healthz?verbose"]) {
        expect(await probe(path)).to.deep.equal([200, { ok: true, status: "live" }]);
      }
    });
  }

  it("say when the gateway has started", async () => {
    server.current = { state: "starting", reason: "opening the store" };
    const starting = [503, { ok: false, status: "starting", reason: "opening the store" }];
    for (const path of ["/startupz", "/startup", "/readyz", "/ready"])
      expect(await probe(path)).to.deep.equal(starting);
    server.current = { state: "ready", reason: "" };
    expect(await probe("/startupz")).to.deep.equal([200, { ok: true, status: "started" }]);
    expect(await probe("/readyz")).to.deep.equal([200, { ok: true, status: "ready" }]);
  });

  for (const state of ["draining", "readOnly"] as const) {
    it(`say that the gateway is not ready while it is ${state}, and why`, async () => {
      server.current = { state, reason: "the disk is full" };
      expect(await probe("/readyz")).to.deep.equal([503, { ok: false, status: state, reason: "the disk is full" }]);
      expect((await probe("/startupz"))[0]).to.equal(200);
    });
  }

  it("keep the reason from callers behind a proxy", async () => {
    server.current = { state: "readOnly", reason: "the disk is full" };
    const answer = await probe("/readyz", { "x-forwarded-for": "203.0.113.9" });
    expect(answer).to.deep.equal([503, { ok: false, status: "readOnly" }]);
  });

  it("answer HEAD without a body, and refuse what changes things", async () => {
    const head = await fetch(`${server.url}/healthz`, { method: "HEAD" });
    expect([head.status, await head.text()]).to.deep.equal([200, ""]);
    expect((await fetch(`${server.url}/healthz`, { method: "POST" })).status).to.equal(405);
  });
});
