import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { processSurroundings, takeManagerVariables } from "../../src/config/environment.ts";
import { commandRunner } from "../../src/lib/host/run-command.ts";

describe("what a service manager says to its process", () => {
  const said = { NOTIFY_SOCKET: "/run/notify", WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" };
  beforeEach(() => void Object.assign(process.env, said));
  afterEach(() => {
    for (const name of Object.keys(said)) delete process.env[name];
  });

  it("is taken once", () => {
    expect(takeManagerVariables()).to.deep.equal(said);
    expect(takeManagerVariables()).to.deep.equal({
      NOTIFY_SOCKET: undefined,
      WATCHDOG_USEC: undefined,
      WATCHDOG_PID: undefined,
    });
  });

  it("reaches no program afterwards, whichever environment that is given", async () => {
    takeManagerVariables();
    const { environment } = processSurroundings();
    const given = await commandRunner(environment, 10_000)("env", []);
    const inherited = spawnSync("env", { encoding: "utf8" });
    for (const text of [given.stdout, inherited.stdout]) expect(text).not.to.match(/^(NOTIFY_SOCKET|WATCHDOG_)/m);
  });

  it("is nothing when it is empty", () => {
    process.env.NOTIFY_SOCKET = "";
    expect(takeManagerVariables().NOTIFY_SOCKET).to.equal(undefined);
  });
});
