import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { configError } from "../../../src/config/config-error.ts";
import { ConfigDocument } from "../../../src/config/document/config-document.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import { ConfirmationFile } from "../../../src/config/reload/confirmation.ts";
import { loadConfirmed, revertUnconfirmed } from "../../../src/config/reload/revert-unconfirmed.ts";
import { TestClock } from "../../support/test-clock.ts";
import { ConfigHome, configErrorOf } from "../config-home.ts";

const before = "{ agents: { defaults: { maxSteps: 1 } } }";

describe("a change that waits to be confirmed when a gateway starts", () => {
  let home: ConfigHome;
  let clock: TestClock;
  let surroundings: { environment: Record<string, string>; home: string };

  beforeEach(async () => {
    home = new ConfigHome();
    clock = new TestClock();
    surroundings = { environment: {}, home: home.path };
    home.write(".openclaw/openclaw.json", before);
    const document = new ConfigDocument({ surroundings, clock });
    const edit = { path: ["agents", "defaults", "maxSteps"], value: 2 };
    const { after, revision } = await document.change(() => [edit], { author: "ada" });
    await new ConfirmationFile(home.stateDir).write({
      etag: after.etag,
      revision: revision?.number ?? 0,
      revertTo: 1,
      expireTimeMs: clock.nowMs() + 60_000,
    });
  });
  afterEach(() => home.remove());

  const file = (): string => readFileSync(join(home.stateDir, "openclaw.json"), "utf8");
  const steps = async (load = () => loadConfig(surroundings)): Promise<number> =>
    (await loadConfirmed(load, surroundings, clock)).config.agents.defaults.maxSteps;

  it("goes on waiting while it has time", async () => {
    expect(await steps()).to.equal(2);
    expect(await new ConfirmationFile(home.stateDir).read()).to.include({ revision: 2 });
  });

  it("is taken back when its time is over", async () => {
    clock.advance(60_001);
    expect(await steps()).to.equal(1);
    expect(file()).to.equal(before);
    expect(await new ConfirmationFile(home.stateDir).read()).to.equal(undefined);
  });

  it("is taken back when the gateway cannot start with it", async () => {
    let tries = 0;
    const load = async () => {
      tries += 1;
      if (tries === 1) throw configError("gateway.bind", "cannot be had here");
      return await loadConfig(surroundings);
    };
    expect(await steps(load)).to.equal(1);
  });

  it("stays, with a warning, when what was before it is not kept any more", async () => {
    rmSync(join(home.stateDir, "config-history", "00000001.json"));
    clock.advance(60_001);
    const { config, warnings } = await loadConfirmed(() => loadConfig(surroundings), surroundings, clock);
    expect(config.agents.defaults.maxSteps).to.equal(2);
    expect(warnings.join()).to.contain("revision 1").and.to.contain("not kept");
  });

  it("does not hide why the gateway cannot start, when what was before it is not kept any more", async () => {
    rmSync(join(home.stateDir, "config-history", "00000001.json"));
    const load = () => Promise.reject(configError("gateway.bind", "cannot be had here"));
    expect(await configErrorOf(() => steps(load))).to.contain("cannot be had here");
  });

  it("stays when somebody wrote another one since", async () => {
    home.write(".openclaw/openclaw.json", before.replace("1", "3"));
    clock.advance(60_001);
    expect(await steps()).to.equal(3);
    expect(await revertUnconfirmed(surroundings, clock, "failed")).to.equal(undefined);
  });

  it("is not blamed for what is wrong without it", async () => {
    await new ConfirmationFile(home.stateDir).remove();
    const load = () => Promise.reject(configError("gateway.bind", "cannot be had here"));
    expect(await configErrorOf(() => steps(load))).to.contain("cannot be had here");
  });
});
