/** What a gateway says of itself, and that it stays the same over restarts. */

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { createGatewayClient, Gateway_State, type GatewayClient, Scope } from "../../src/client/gateway-client.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";

describe("a gateway", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;
  let client: GatewayClient;

  async function start(home?: string): Promise<void> {
    gateway = await startGatewayProcess({ home });
    client = createGatewayClient({ url: gateway.url, token: gateway.token });
  }

  beforeEach(() => start());
  afterEach(async () => {
    await gateway.kill();
    await removeHome(gateway.home);
  });

  /** The body of the answer to a call in JSON, as it came over the wire. */
  async function post(method: string, body: object): Promise<string> {
    const response = await fetch(`${gateway.url}/openclaw.gateway.v1.${method}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${gateway.token}` },
      body: JSON.stringify(body),
    });
    expect(response.status).to.equal(200);
    return response.text();
  }

  it("describes itself and its caller", async () => {
    const { gateway: told, caller, cursor } = await client.gateway.getGateway({});
    expect(told).to.include({ state: Gateway_State.READY, stateReason: "", defaultModel: "echo/echo" });
    expect(told).to.include({ version: "0.0.0-test", activeRuns: 0, queuedRuns: 0 });
    expect(told?.startTime).not.to.equal(undefined);
    expect(told?.limits).to.include({ maxPageSize: 200, maxQueuedRuns: 20 });
    expect(Number(told?.limits?.maxRequestBytes)).to.be.at.least(1_048_576);
    expect(caller?.principal).to.equal("token");
    expect(caller?.scopes).to.include.members([Scope.READ, Scope.WRITE, Scope.ADMIN]);
    expect(caller?.scopes).not.to.include(Scope.NODE);
    const { events } = await client.events.listEvents({ cursor });
    expect(events).to.deep.equal([]);
  });

  it("keeps its id over restarts, so that cursors stay good", async () => {
    const { gateway: before, cursor } = await client.gateway.getGateway({});
    await client.sessions.createSession({ sessionId: "a" });
    await gateway.kill();
    await start(gateway.home);
    const { gateway: after } = await client.gateway.getGateway({});
    expect(after?.gatewayId).to.equal(before?.gatewayId);
    const { events } = await client.events.listEvents({ cursor });
    expect(events[0]?.subject).to.equal("sessions/a");
  });

  it("answers a repeated request with the very same bytes, in this process and the next", async () => {
    const requestId = randomUUID();
    const body = { parent: "sessions/main", requestId, parts: [{ text: "größe 𝄞" }], settings: { thinking: "low" } };
    const first = await post("RunService/CreateRun", body);
    const name = (JSON.parse(first) as { run: { name: string } }).run.name;
    for await (const step of client.followRun(name)) if (step.kind === "run") continue;
    expect(await post("RunService/CreateRun", body)).to.equal(first);
    await gateway.kill();
    await start(gateway.home);
    expect(await post("RunService/CreateRun", body)).to.equal(first);
  });

  it("works without configuration: a session, a turn with a tool, its transcript, a search, its usage", async () => {
    const { session } = await client.sessions.createSession({ session: { title: "Trip" } });
    const parent = session?.name ?? "";
    const parts = [
      { kind: { case: "text" as const, value: 'Lisbon?\n/tool current_time {"timeZone":"Europe/Lisbon"}' } },
    ];
    const { run } = await client.runs.createRun({ parent, parts });
    for await (const step of client.followRun(run?.name ?? "")) if (step.kind === "run") continue;
    const { messages } = await client.sessions.listMessages({ parent });
    expect(messages.map(({ parts: all }) => all.map(({ kind }) => kind.case).join("+"))).to.deep.equal([
      ...["text", "toolResult", "text+toolUse", "text"],
    ]);
    const { hits } = await client.sessions.searchMessages({ query: "lisbon", filter: `session = "${parent}"` });
    expect(hits.length).to.be.greaterThan(1);
    const { rows } = await client.gateway.getUsage({ groupBy: "session" });
    expect(rows.map(({ group, runs }) => [group, runs])).to.deep.equal([[parent, 1]]);
    const { models } = await client.agents.listModels({});
    expect(models.find(({ default: first }) => first)?.reference).to.equal("echo/echo");
  });
});
