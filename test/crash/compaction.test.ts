/** A gateway that is killed while it sums up a transcript: nothing is lost, and there is one summary in the end. */

import { randomUUID } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Message_Role as Role } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_State as State } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { createGatewayClient, type GatewayClient } from "../../src/client/gateway-client.ts";
import { checkDatabase } from "../support/crash-database.ts";
import { compactionPlaces } from "../support/fault-places.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";

const parent = "sessions/main";

describe("a gateway that is killed while it sums up", function () {
  this.timeout(60_000);
  let home: string;
  let running: GatewayProcess | undefined;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "openclaw-compaction-"));
  });
  afterEach(async () => {
    await running?.kill();
    await removeHome(home);
  });

  async function start(environment: Record<string, string> = {}): Promise<GatewayClient> {
    running = await startGatewayProcess({ home, environment });
    return createGatewayClient({ url: running.url, token: running.token });
  }

  async function ended(client: GatewayClient, name: string): Promise<State> {
    let state: State = State.UNSPECIFIED;
    for await (const step of client.followRun(name)) if (step.kind === "run") state = step.run.state;
    return state;
  }

  async function talk(client: GatewayClient): Promise<void> {
    for (const text of ["one", "two", "three", "four"]) {
      const { run } = await client.runs.createRun({ parent, parts: [{ kind: { case: "text", value: text } }] });
      await ended(client, run?.name ?? "");
    }
  }

  async function checkSummary(client: GatewayClient): Promise<void> {
    const { messages } = await client.sessions.listMessages({ parent });
    const summaries = messages.filter(({ role }) => role === Role.SYSTEM);
    expect(summaries).to.have.length(1);
    const { session } = await client.sessions.getSession({ name: parent });
    expect(session).to.include({ summary: summaries[0]?.name, messageCount: messages.length, activeRun: "" });
    await running?.stop();
    checkDatabase(home);
  }

  it("at one place after the other has one summary in the end", async () => {
    await talk(await start());
    await running?.stop();
    const request = { name: parent, requestId: randomUUID() };
    for (const place of compactionPlaces) {
      // The run that is asked for goes on in the next process, which may die of it before anybody can ask again.
      const dying = await start({ OPENCLAW_FAULT_POINT: `${place}:1` }).catch((error: unknown) => {
        expect(String(error)).to.contain("SIGKILL");
        return undefined;
      });
      if (dying === undefined) continue;
      const died = new AbortController();
      const exited = running?.exited.finally(() => died.abort());
      await dying.sessions.compactSession(request, { signal: died.signal }).catch(() => undefined);
      expect(await exited).to.equal("SIGKILL");
    }
    const client = await start();
    const { run } = await client.sessions.compactSession(request);
    expect(await ended(client, run)).to.equal(State.SUCCEEDED);
    await checkSummary(client);
  });

  it("in the middle of a run goes on with that run", async () => {
    await talk(await start());
    await running?.stop();
    const dying = await start({ OPENCLAW_FAULT_POINT: "compaction.answered:1" });
    const text = "/fail context 1 times\nfive";
    const { run } = await dying.runs.createRun({ parent, parts: [{ kind: { case: "text", value: text } }] });
    expect(await running?.exited).to.equal("SIGKILL");
    const client = await start();
    expect(await ended(client, run?.name ?? "")).to.equal(State.SUCCEEDED);
    await checkSummary(client);
  });
});
