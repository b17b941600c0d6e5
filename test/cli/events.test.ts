import { expect } from "chai";
import { freePort } from "../support/free-port.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { CliRun, callCli, reach, readCli } from "../support/run-cli.ts";

interface Event {
  readonly sequence: string;
  readonly subject: string;
  readonly change: string;
}
interface Step {
  readonly event?: Event;
  readonly bookmark?: { readonly cursor: string; readonly live: boolean };
}

describe("openclaw events", () => {
  let gateway: GatewayProcess;
  const list = (...words: string[]) =>
    readCli<{ events: Event[]; cursor: string }>(gateway, "events", "list", ...words);
  before(async () => {
    gateway = await startGatewayProcess();
    for (const id of ["a", "b", "c", "d"]) await readCli(gateway, "sessions", "create", id, "--title", `Title ${id}`);
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });

  it("list shows the latest ones, oldest first", async () => {
    const { events } = await list("--limit", "2");
    expect(events.map(({ subject }) => subject)).to.deep.equal(["sessions/c", "sessions/d"]);
  });

  it("list reads the whole log, and goes on at a cursor", async () => {
    const all = await list("--all");
    expect(all.events.map(({ sequence }) => Number(sequence))).to.deep.equal(all.events.map((_, index) => index + 1));
    await readCli(gateway, "sessions", "update", "a", "--title", "New");
    const { events } = await list("--cursor", all.cursor);
    expect(events.map(({ subject, change }) => [subject, change])).to.deep.equal([["sessions/a", "CHANGE_UPDATED"]]);
  });

  it("list takes subjects and prints a table", async () => {
    const { stdout } = await callCli(gateway, ["events", "list", "sessions/b", "--subject", "sessions/c"]);
    const [head, ...rows] = stdout.trimEnd().split("\n");
    expect(head).to.match(/^SEQUENCE +WHEN +CHANGE +SUBJECT +WHAT +BY$/);
    expect(rows.map((row) => row.trim().split(/ {2,}/).slice(2, 5))).to.deep.equal([
      ["created", "sessions/b", "Title b"],
      ["created", "sessions/c", "Title c"],
    ]);
  });

  it("watch takes no empty cursor for one: a script that lost its own would miss what happened since", async () => {
    const { code, stderr } = await callCli(gateway, ["events", "watch", "--cursor", ""]);
    expect([code, stderr]).to.deep.equal([2, "error: --cursor is empty\n  next: leave it out to begin now\n"]);
  });

  it("watch prints what happens from now on, until Ctrl+C", async () => {
    const watch = new CliRun(["events", "watch", "sessions/d", "--json"], { environment: reach(gateway) });
    await watch.written('"bookmark"');
    await readCli(gateway, "sessions", "update", "c", "--title", "not looked at");
    await readCli(gateway, "sessions", "update", "d", "--title", "looked at");
    await watch.written("looked at");
    watch.child.kill("SIGINT");
    const { code, stdout } = await watch.result;
    expect(code).to.equal(130);
    const steps: Step[] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(steps.flatMap(({ event }) => event?.subject ?? [])).to.deep.equal(["sessions/d"]);
  });

  it("watch misses nothing while the gateway is killed and started again", async function () {
    this.timeout(60_000);
    const config = { gateway: { port: await freePort() } };
    const first = await startGatewayProcess({ config });
    const watch = new CliRun(["events", "watch"], { environment: reach(first) });
    for (let count = 0; !watch.stdout.includes("sessions/before"); count += 1)
      await readCli(first, "sessions", "create", `before-${count}`);
    const lost = new CliRun(
      [
        "events",
        "watch",
        "--json",
        "--cursor",
        (await readCli<{ cursor: string }>(first, "events", "list", "--all")).cursor,
      ],
      {
        environment: reach(first),
      },
    );
    await lost.written("bookmark");
    await first.kill();
    const second = await startGatewayProcess({ home: first.home, config });
    try {
      await readCli(second, "sessions", "create", "after");
      await lost.written("sessions/after");
      await watch.written("sessions/after");
      for (const run of [lost, watch]) run.child.kill("SIGINT");
      const { stdout } = await watch.result;
      await lost.result;
      expect(stdout.match(/created {2}sessions\/after/g)).to.have.length(1);
    } finally {
      await second.stop();
      await removeHome(first.home);
    }
  });

  it("watch ends silently when its reader goes away", async () => {
    const watch = new CliRun(["events", "watch", "--json", "--cursor", (await list("--all", "--limit", "1")).cursor], {
      environment: reach(gateway),
    });
    await watch.written("bookmark");
    watch.child.stdout.destroy();
    for (let index = 0; index < 3; index += 1) await readCli(gateway, "sessions", "update", "b", "--title", `${index}`);
    const { code, stderr } = await watch.result;
    expect([code, stderr]).to.deep.equal([0, ""]);
  });

  it("watch says at once that there is no gateway", async () => {
    const environment = { OPENCLAW_GATEWAY_URL: "http://127.0.0.1:1", OPENCLAW_GATEWAY_TOKEN: "x" };
    const { code, stderr } = await new CliRun(["events", "watch"], { environment }).result;
    expect(code).to.equal(1);
    expect(stderr).to.contain("no gateway answers at http://127.0.0.1:1").and.to.contain("OPENCLAW_GATEWAY_URL");
  });
});
