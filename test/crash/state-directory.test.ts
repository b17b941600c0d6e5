/** A gateway and its state directory: one process at a time, no newer schema, and a damaged database is only read. */

import { randomUUID } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { Message_Role as Role } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { Code, createGatewayClient, Gateway_State, type GatewayClient } from "../../src/client/gateway-client.ts";
import { expectFailure } from "../support/expect-failure.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";

const parent = "sessions/main";
const pageBytes = 4_096;

describe("a state directory", function () {
  this.timeout(60_000);
  let home: string;
  let running: GatewayProcess | undefined;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "openclaw-state-"));
  });
  afterEach(async () => {
    await running?.kill();
    await removeHome(home);
  });

  async function start(): Promise<GatewayClient> {
    running = await startGatewayProcess({ home });
    return createGatewayClient({ url: running.url, token: running.token });
  }

  async function ask(client: GatewayClient): Promise<string> {
    const { run } = await client.runs.createRun({ parent, parts: [{ kind: { case: "text", value: "hello" } }] });
    for await (const step of client.followRun(run?.name ?? "")) if (step.kind === "run") continue;
    return run?.name ?? "";
  }

  async function failureOfStart(): Promise<string> {
    try {
      await startGatewayProcess({ home });
    } catch (error) {
      return String(error);
    }
    return expect.fail("the gateway started");
  }

  it("is refused to a second gateway, which names the first, and the first goes on", async () => {
    const client = await start();
    const message = await failureOfStart();
    expect(message).to.contain("is used by another gateway").and.contain(`process ${running?.pid}`);
    await ask(client);
  });

  it("is free again when its gateway was killed", async () => {
    const run = await ask(await start());
    await running?.kill();
    const { run: kept } = await (await start()).runs.getRun({ name: run });
    expect(kept?.name).to.equal(run);
  });

  it("is refused when a newer program wrote it, and not touched", async () => {
    await ask(await start());
    await running?.stop();
    const path = join(home, "state", "openclaw.db");
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 99; PRAGMA journal_mode = DELETE");
    database.close();
    const before = readFileSync(path);
    expect(await failureOfStart()).to.contain("has schema 99");
    expect(readFileSync(path).equals(before)).to.equal(true);
  });

  /** A directory whose table of requests is damaged; every resource is whole. Returns the name of a run. */
  async function damageRequests(): Promise<string> {
    const run = await ask(await start());
    await running?.stop();
    // What changes now is in the journal; the damaged page is not.
    const client = await start();
    await client.sessions.updateSession({ session: { name: parent, title: "kept" } });
    await running?.kill();
    damage(join(home, "state", "openclaw.db"), "requests");
    return run;
  }

  it("with a damaged database is opened to read: the state says why, and every change is refused", async () => {
    const run = await damageRequests();
    const client = await start();
    const { gateway } = await client.gateway.getGateway({});
    expect(gateway?.state).to.equal(Gateway_State.READ_ONLY);
    expect(gateway?.stateReason).to.contain("is damaged").and.contain("restore a backup");
    const changes: Record<string, Promise<unknown>> = {
      createRun: client.runs.createRun({ parent, parts: [{ kind: { case: "text", value: "hello" } }] }),
      cancelRun: client.runs.cancelRun({ name: run }),
      createSession: client.sessions.createSession({ sessionId: "a" }),
      updateSession: client.sessions.updateSession({ session: { name: parent, title: "new" } }),
      resetSession: client.sessions.resetSession({ name: parent, requestId: randomUUID() }),
      deleteSession: client.sessions.deleteSession({ name: "sessions/a" }),
      appendMessage: client.sessions.appendMessage({
        parent,
        message: { role: Role.USER, parts: [{ kind: { case: "text", value: "x" } }] },
      }),
    };
    for (const [method, call] of Object.entries(changes)) {
      const error = await expectFailure(call, "READ_ONLY");
      expect(error.code, method).to.equal(Code.FailedPrecondition);
    }
  });

  it("with a damaged database is read as it was", async () => {
    const run = await damageRequests();
    const client = await start();
    const { session } = await client.sessions.getSession({ name: parent });
    expect(session?.title).to.equal("kept");
    expect((await client.sessions.listSessions({})).sessions).to.have.length(1);
    expect((await client.sessions.listMessages({ parent })).messages).to.have.length(2);
    expect((await client.runs.listRuns({ parent })).runs.map(({ name }) => name)).to.deep.equal([run]);
    expect((await client.sessions.searchMessages({ query: "hello" })).hits).to.have.length(2);
    const { events } = await client.events.listEvents({});
    expect(events.map(({ sequence }) => Number(sequence))).to.deep.equal(events.map((_, index) => index + 1));
    const steps: string[] = [];
    for await (const step of client.followRun(run)) steps.push(step.kind);
    expect(steps.at(-1)).to.equal("run");
  });

  it("whose damage is found while it works becomes read-only then, and goes on to be read", async () => {
    await ask(await start());
    await running?.stop();
    damage(join(home, "state", "openclaw.db"), "requests");
    const client = await start();
    const refused = client.runs.createRun({ parent, parts: [{ kind: { case: "text", value: "hello" } }] });
    await expectFailure(refused, "READ_ONLY");
    const { gateway } = await client.gateway.getGateway({});
    expect(gateway?.state).to.equal(Gateway_State.READ_ONLY);
    expect((await client.sessions.listMessages({ parent })).messages).to.have.length(2);
  });
});

/** Overwrites the first page of a table. */
function damage(path: string, table: string): void {
  const copy = `${path}.look`;
  copyFileSync(path, copy);
  const database = new DatabaseSync(copy, { readOnly: true });
  const root = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(table)?.rootpage;
  database.close();
  const bytes = readFileSync(path);
  bytes.fill(0xa5, (Number(root) - 1) * pageBytes, Number(root) * pageBytes);
  writeFileSync(path, bytes);
}
