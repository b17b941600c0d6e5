/** Restarting a gateway in place: the process and its port stay, nobody is turned away, nothing is lost or done twice. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@connectrpc/connect";
import { expect } from "chai";
import type { Message } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { SessionService } from "../../gen/openclaw/gateway/v1/session_service_pb.ts";
import {
  createGatewayClient,
  Gateway_State,
  type GatewayClient,
  Message_Role as Role,
  Run_State,
} from "../../src/client/gateway-client.ts";
import { CliHome } from "../support/cli-home.ts";
import { expectFailure } from "../support/expect-failure.ts";
import { freePort } from "../support/free-port.ts";
import type { CliRun } from "../support/run-cli.ts";
import { SteadyCaller } from "../support/steady-callers.ts";
import { until } from "../support/until.ts";
import { wires } from "../support/wires.ts";

const quick = { commands: { restartCooldownSeconds: 0 } };
const parts = (value: string) => [{ kind: { case: "text" as const, value } }];

describe("restarting in place", function () {
  this.timeout(120_000);
  let home: CliHome;
  let run: CliRun;
  let port: number;

  beforeEach(async () => {
    home = new CliHome();
    await start();
  });
  afterEach(() => home.remove());

  async function start(config: object = quick): Promise<void> {
    port = await home.configure(undefined, config);
    run = home.start("gateway", "run");
    await run.written("is ready");
  }

  function token(): string {
    return readFileSync(join(home.stateDir(), "gateway.token"), "utf8").trim();
  }

  function client(): GatewayClient {
    return createGatewayClient({ url: `http://127.0.0.1:${port}`, token: token(), timeoutMs: 60_000 });
  }

  async function startTimeMs(): Promise<number> {
    return (await home.owner())?.startTimeMs ?? 0;
  }

  /** Resolves when the gateway has restarted since then. */
  async function restartedSince(beforeMs: number): Promise<void> {
    while ((await startTimeMs()) <= beforeMs) await sleep(10);
  }

  /** A run that speaks for a long time; resolves when it has begun. */
  async function startLong(): Promise<string> {
    const { run: long } = await client().runs.createRun({
      parent: "sessions/main",
      parts: parts(`/slow 100\n${"word ".repeat(2_000)}`),
    });
    for await (const step of client().followRun(long?.name ?? "")) if (step.kind === "append") break;
    return long?.name ?? "";
  }

  it("three times under load, by signal, by call and by command: no call fails, no run or event is lost or doubled", async () => {
    const { pid = 0 } = (await home.owner()) ?? {};
    const sessions = Array.from({ length: 8 }, (_, index) => `load-${index}`);
    for (const sessionId of sessions) await client().sessions.createSession({ sessionId });
    const { cursor } = await client().gateway.getGateway({});
    const callers = sessions.map((session, index) => {
      const wire = wires[index % wires.length];
      const transport = wire?.transport({ baseUrl: `http://127.0.0.1:${port}`, authorization: `Bearer ${token()}` });
      return new SteadyCaller(transport as never, `sessions/${session}`);
    });
    const watching = new AbortController();
    const watchers = callers.slice(0, wires.length);
    const watched = Promise.all(watchers.map((caller) => caller.watch(cursor, watching.signal)));
    let loaded = true;
    const turning = callers.map((caller) => caller.turn(() => loaded));
    const someMore = async (): Promise<void> => {
      const counts = callers.map(({ runs }) => runs.length);
      await until(() => callers.every(({ runs }, index) => runs.length > (counts[index] ?? 0) + 1), "runs are turned");
    };
    const restarts = [
      () => process.kill(pid, "SIGUSR1"),
      () => client().gateway.shutDown({ restart: true }),
      () => home.cli("gateway", "restart"),
    ];
    for (const restart of restarts) {
      await someMore();
      const before = await startTimeMs();
      await restart();
      await restartedSince(before);
      expect((await home.owner())?.pid).to.equal(pid);
    }
    await someMore();
    loaded = false;
    await Promise.all(turning);
    const last = await client().events.listEvents({ newestFirst: true, pageSize: 1 });
    const head = last.events[0]?.sequence ?? 0n;
    const first = (await client().events.listEvents({ cursor, pageSize: 1 })).events[0]?.sequence ?? 0n;
    await until(() => watchers.every(({ seen }) => (seen.at(-1) ?? 0n) >= head), "the watchers have seen all");
    watching.abort();
    await watched;
    const expected = Array.from({ length: Number(head - first) + 1 }, (_, index) => first + BigInt(index));
    for (const { seen } of watchers) expect(seen.filter((sequence) => sequence <= head)).to.deep.equal(expected);
    expect(callers.flatMap(({ failures }) => failures)).to.deep.equal([]);
    const readable = createClient(
      SessionService,
      wires[0]?.transport({
        baseUrl: `http://127.0.0.1:${port}`,
        authorization: `Bearer ${token()}`,
      }) as never,
    );
    for (const [index, { runs }] of callers.entries()) {
      const messages: Message[] = [];
      for (let pageToken = "", first = true; first || pageToken !== ""; first = false) {
        const page = await readable.listMessages({ parent: `sessions/${sessions[index]}`, pageSize: 200, pageToken });
        messages.push(...page.messages);
        pageToken = page.nextPageToken;
      }
      const asked = messages.filter(({ role }) => role === Role.USER);
      const answered = messages.filter(({ role }) => role === Role.ASSISTANT);
      expect(asked).to.have.length(runs.length);
      expect(answered).to.have.length(asked.length);
      for (const { name } of runs) {
        const { run: ended } = await client().runs.getRun({ name });
        expect(ended?.state, name).to.equal(Run_State.SUCCEEDED);
      }
    }
  });

  it("is refused to a signal when commands.restart is false, and to nobody else", async () => {
    await home.cli("gateway", "stop");
    await start({ commands: { restart: false } });
    const before = await startTimeMs();
    process.kill((await home.owner())?.pid ?? 0, "SIGUSR1");
    await run.written("SIGUSR1 was ignored", "stderr");
    expect(await startTimeMs()).to.equal(before);
    expect(await home.read("gateway", "restart")).to.include({ restarted: true, inPlace: true });
  });

  it("does not happen with a wrong configuration, which status tells; with a right one it does", async () => {
    const before = await startTimeMs();
    writeFileSync(join(home.stateDir(), "openclaw.json"), '{ gateway: { port: "many" } }');
    process.kill((await home.owner())?.pid ?? 0, "SIGUSR1");
    await run.written("the gateway was not restarted", "stderr");
    const { gateway } = await client().gateway.getGateway({});
    expect(gateway).to.deep.include({ state: Gateway_State.READY, restartReason: "" });
    expect(gateway?.restartRefusal).to.contain("gateway.port");
    expect((await home.cli("gateway", "restart")).code).to.equal(78);
    await home.configure(undefined, { ...quick, gateway: { port } });
    expect((await home.cli("gateway", "status")).stdout).to.match(/^restart +refused: .*gateway.port/m);
    expect(await home.read("gateway", "restart")).to.include({ inPlace: true });
    expect(await startTimeMs()).to.be.greaterThan(before);
    expect((await home.cli("gateway", "status")).stdout).not.to.match(/^restart /m);
  });

  it("moves to another port, where the command finds it", async () => {
    await home.cli("gateway", "stop");
    // It would notice the change as well, and move while it is asked.
    const reload = { mode: "off" };
    await start({ ...quick, gateway: { reload } });
    const { pid } = (await home.owner()) ?? {};
    const moved = await home.configure(undefined, { ...quick, gateway: { reload, port: await freePort() } });
    expect(await home.read("gateway", "restart")).to.include({ url: `http://127.0.0.1:${moved}`, inPlace: true, pid });
    await expectFailure(client().gateway.getGateway({}, { timeoutMs: 300 }), "");
  });

  it("ends with the process when that is told to stop while runs end, with exit code 0", async () => {
    await startLong();
    await client().gateway.shutDown({ restart: true, grace: { seconds: 300n } });
    await until(() => run.stderr.includes('"restarting"'), "it drains");
    await home.cli("gateway", "stop", "--grace", "0");
    expect((await run.result).code).to.equal(0);
  });

  it("is given up when a second signal ends the process at once, which is no crash", async () => {
    await startLong();
    await client().gateway.shutDown({ restart: true, grace: { seconds: 300n } });
    run.child.kill("SIGTERM");
    await run.written("stopping", "stderr");
    run.child.kill("SIGTERM");
    expect((await run.result).code).to.equal(130);
    expect(readFileSync(join(home.stateDir(), "boots.json"), "utf8")).to.equal('{"unclean":[]}\n');
  });
});
