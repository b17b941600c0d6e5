import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { CommandResult } from "../../../src/lib/host/run-command.ts";
import { LaunchdSupervisor } from "../../../src/supervisor/launchd/launchd-supervisor.ts";
import { ServiceError } from "../../../src/supervisor/service-error.ts";
import { sampleService } from "../support/sample-service.ts";

/** Against a launchctl that does what its manual says. There is no launchd here: on a Mac it has not been tried. */
describe("the launchd supervisor", () => {
  const limits = { memoryMb: undefined, hardened: false };
  const target = "gui/501/ai.openclaw.work";
  let home: string;
  let calls: string[];
  /** What launchd knows. */
  let agent: { loaded: boolean; disabled: boolean; pid?: number; exitCode?: number };

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "openclaw-launchd-"));
    calls = [];
    agent = { loaded: false, disabled: false };
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const launchctl = (verb: string): Partial<CommandResult> => {
    switch (verb) {
      case "print": {
        if (!agent.loaded) return { code: 113 };
        const lines = [`${target} = {`, `\tpid = ${agent.pid}`, `\tlast exit code = ${agent.exitCode}`, "}"];
        return { stdout: lines.filter((line) => !line.includes("undefined")).join("\n") };
      }
      case "print-disabled":
        return {
          stdout: `disabled services = {\n\t"ai.openclaw.work" => ${agent.disabled ? "disabled" : "enabled"}\n}`,
        };
      case "bootstrap":
        if (agent.disabled || agent.loaded) return { code: 5, stderr: "Bootstrap failed: 5: Input/output error" };
        agent = { ...agent, loaded: true, pid: 77 };
        return {};
      case "bootout":
        agent = { loaded: false, disabled: agent.disabled };
        return { code: 36 };
      case "kickstart":
        agent.pid ??= 78;
        return {};
      case "enable":
      case "disable":
        agent.disabled = verb === "disable";
        return {};
      default:
        return { code: 64, stderr: `unknown ${verb}` };
    }
  };
  const supervisor = () => {
    const service = sampleService({ profile: "work", home, stateDir: join(home, ".openclaw-work") });
    const run = async (program: string, args: readonly string[]): Promise<CommandResult> => {
      expect(program).to.equal("launchctl");
      if (!args[0]?.startsWith("print")) calls.push(args.join(" "));
      return { code: 0, stdout: "", stderr: "", ...launchctl(args[0] ?? "") };
    };
    return new LaunchdSupervisor(service, run, 501);
  };
  const file = () => join(home, "Library", "LaunchAgents", "ai.openclaw.work.plist");

  it("writes the agent, and leaves one alone that is as it should be", async () => {
    expect(await supervisor().install(limits)).to.deep.equal({ file: file(), changed: true, hints: [] });
    expect(readFileSync(file(), "utf8")).to.equal(supervisor().definition(limits));
    expect((await supervisor().install(limits)).changed).to.equal(false);
  });

  it("says that launchd has no limits", async () => {
    expect(() => supervisor().definition({ ...limits, memoryMb: 512 })).to.throw(
      ServiceError,
      "launchd cannot limit memory",
    );
    expect(() => supervisor().definition({ ...limits, hardened: true })).to.throw(ServiceError, "rights");
  });

  it("loads the agent to start it, and says how to install before that", async () => {
    let refused: unknown;
    await supervisor()
      .start()
      .catch((error: unknown) => {
        refused = error;
      });
    expect(refused).to.be.instanceOf(ServiceError).with.property("next").that.contains("openclaw gateway install");
    await supervisor().install(limits);
    calls = [];
    await supervisor().start();
    expect(calls).to.deep.equal([`enable ${target}`, `bootstrap gui/501 ${file()}`]);
    expect(await supervisor().status()).to.deep.include({ state: "running", pid: 77, installed: true, enabled: true });
  });

  it("leaves an agent alone that runs", async () => {
    await supervisor().install(limits);
    await supervisor().start();
    await supervisor().start();
    expect((await supervisor().status()).pid).to.equal(77);
  });

  it("unloads the agent to stop it: launchd would start it again", async () => {
    await supervisor().install(limits);
    await supervisor().start();
    calls = [];
    await supervisor().stop({ disable: false, wait: true });
    expect(calls).to.deep.equal([`bootout ${target}`]);
    expect(await supervisor().status()).to.deep.include({
      state: "stopped",
      pid: undefined,
      installed: true,
      enabled: true,
    });
    await supervisor().stop({ disable: false, wait: true });
  });

  it("keeps a disabled agent off until it is started by hand", async () => {
    await supervisor().install(limits);
    await supervisor().start();
    await supervisor().stop({ disable: true, wait: true });
    expect((await supervisor().status()).enabled).to.equal(false);
    await supervisor().start();
    expect(await supervisor().status()).to.deep.include({ state: "running", enabled: true });
  });

  it("loads the definition anew at a restart", async () => {
    await supervisor().install(limits);
    await supervisor().start();
    calls = [];
    await supervisor().restart();
    expect(calls).to.deep.equal([`bootout ${target}`, `enable ${target}`, `bootstrap gui/501 ${file()}`]);
  });

  it("removes the agent, and nothing that is not there", async () => {
    expect(await supervisor().uninstall()).to.equal(false);
    await supervisor().install(limits);
    await supervisor().start();
    expect(await supervisor().uninstall()).to.equal(true);
    expect([existsSync(file()), agent.loaded]).to.deep.equal([false, false]);
  });

  it("says how the gateway ended that does not run", async () => {
    await supervisor().install(limits);
    agent = { loaded: true, disabled: false, exitCode: 78 };
    expect(await supervisor().status()).to.deep.include({ state: "failed", detail: "it last ended with exit code 78" });
  });
});
