/** Readers that do not read: they cost the server nothing, and read later what they missed. */

import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { GatewayClient } from "../../src/client/gateway-client.ts";
import { createGatewayClient } from "../../src/client/gateway-client.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { UnreadStream } from "../support/unread-stream.ts";
import { eventually } from "../support/until.ts";

const megabyte = 1_048_576;

/** Makes the model say 1.2 MB. */
const long = `/repeat 1000 ${"größe".repeat(170)}`;

describe("a stream whose reader does not read", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;
  let client: GatewayClient;
  const streams: UnreadStream[] = [];

  beforeEach(async () => {
    gateway = await startGatewayProcess();
    client = createGatewayClient({ url: gateway.url, token: gateway.token });
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.close();
    await gateway?.kill();
    await removeHome(gateway?.home);
  });

  async function open(method: string, body: object): Promise<UnreadStream> {
    const stream = await UnreadStream.open(gateway, { method, body });
    streams.push(stream);
    return stream;
  }

  async function say(text: string): Promise<string> {
    const parts = [{ kind: { case: "text" as const, value: text } }];
    const { run } = await client.runs.createRun({ parent: "sessions/main", parts });
    for await (const step of client.followRun(run?.name ?? "")) if (step.kind === "run") continue;
    return run?.name ?? "";
  }

  function memoryOf(pid: number): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1_024;
  }

  it("does not make the server remember what it has not read", async function () {
    if (process.platform !== "linux") this.skip();
    for (let turn = 0; turn < 6; turn++) await say(long);
    for (let count = 0; count < 10; count++) await open("EventService/WatchEvents", { includeSignals: true });
    const before = memoryOf(gateway.pid);
    // Each turn is 1.2 MB of live output and as much again as an event, for each of ten readers.
    for (let turn = 0; turn < 14; turn++) await say(long);
    // What is only garbage is given back once the process has nothing to do.
    await eventually("it has given back what nobody reads", async () => {
      return memoryOf(gateway.pid) - before < 120 * megabyte || undefined;
    });
  });

  it("tells its reader every event later, in order, when it reads again", async () => {
    const { cursor } = await client.gateway.getGateway({});
    const stream = await open("EventService/WatchEvents", { cursor });
    for (let turn = 0; turn < 5; turn++) await say(long);
    await client.sessions.createSession({ sessionId: "last" });
    const seen: number[] = [];
    await stream.read(({ batch }) => {
      const { events = [] } = (batch ?? {}) as { events?: { sequence: string; subject: string }[] };
      seen.push(...events.map(({ sequence }) => Number(sequence)));
      return events.some(({ subject }) => subject === "sessions/last");
    });
    const first = seen[0] ?? 0;
    expect(seen).to.deep.equal(seen.map((_, index) => first + index));
  });

  it("does not hold up the run it watches, nor other readers", async () => {
    const parts = [{ kind: { case: "text" as const, value: "/slow 1\n/repeat 300 größe" } }];
    const { run } = await client.runs.createRun({ parent: "sessions/main", parts });
    for (let count = 0; count < 5; count++) await open("RunService/WatchRun", { name: run?.name });
    let text = "";
    for await (const step of client.followRun(run?.name ?? "")) if (step.kind === "append") text += step.text;
    expect(text).to.equal("größe ".repeat(300).trimEnd());
  });
});
