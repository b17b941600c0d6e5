import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { CommandResult } from "../../../src/lib/host/run-command.ts";
import { ServiceError } from "../../../src/supervisor/service-error.ts";
import { SystemdSupervisor } from "../../../src/supervisor/systemd/systemd-supervisor.ts";
import { sampleService } from "../support/sample-service.ts";

/** What systemd is asked and what is made of its answers; test/cli/gateway-service.test.ts drives a real one. */
describe("the systemd supervisor", () => {
  const limits = { memoryMb: undefined, hardened: false };
  let folder: string;
  let calls: string[];
  let properties: Record<string, string>;
  let answers: Record<string, Partial<CommandResult>>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "openclaw-systemd-"));
    calls = [];
    answers = {};
    properties = {
      LoadState: "loaded",
      ActiveState: "inactive",
      SubState: "dead",
      UnitFileState: "enabled",
      MainPID: "0",
    };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const supervisor = (command = [process.execPath, import.meta.filename, "gateway", "run"]) => {
    const run = async (program: string, args: readonly string[]): Promise<CommandResult> => {
      const words = args.filter((word) => !/^--(user|no-ask-password)$/.test(word));
      const verb = words[0] ?? "";
      if (verb !== "show") calls.push([program, ...words].join(" "));
      const stdout =
        verb === "show"
          ? Object.entries(properties)
              .map((pair) => `${pair.join("=")}\n`)
              .join("")
          : "";
      return { code: 0, stdout, stderr: "", ...answers[verb] };
    };
    return new SystemdSupervisor(sampleService({ profile: "work", command }), run, folder);
  };
  const unit = () => join(folder, "systemd", "user", "openclaw-gateway-work.service");
  const failure = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(ServiceError);
    return error as ServiceError;
  };

  it("writes the unit, and lets it start with the machine", async () => {
    const { file, changed } = await supervisor().install(limits);
    expect([file, changed]).to.deep.equal([unit(), true]);
    expect(readFileSync(file, "utf8")).to.equal(supervisor().definition(limits));
    expect(calls).to.deep.equal([
      "systemctl daemon-reload",
      "systemctl enable openclaw-gateway-work.service",
      `loginctl show-user ${(await import("node:os")).userInfo().username} --property=Linger --value`,
    ]);
  });

  it("leaves a unit alone that is as it should be", async () => {
    await supervisor().install(limits);
    calls = [];
    expect((await supervisor().install(limits)).changed).to.equal(false);
    expect(calls).not.to.include("systemctl daemon-reload");
    expect((await supervisor().install({ ...limits, memoryMb: 512 })).changed).to.equal(true);
  });

  it("hints at lingering until it is on", async () => {
    expect((await supervisor().install(limits)).hints[0]).to.contain("sudo loginctl enable-linger");
    answers["show-user"] = { stdout: "yes\n" };
    expect((await supervisor().install(limits)).hints).to.deep.equal([]);
  });

  it("removes the unit and nothing else", async () => {
    await supervisor().install(limits);
    calls = [];
    expect(await supervisor().uninstall()).to.equal(true);
    expect(existsSync(unit())).to.equal(false);
    expect(existsSync(join(folder, "systemd", "user"))).to.equal(true);
    expect(calls[0]).to.equal("systemctl disable --now openclaw-gateway-work.service");
  });

  it("removes nothing that is not there", async () => {
    properties.LoadState = "not-found";
    expect(await supervisor().uninstall()).to.equal(false);
    expect(calls).to.deep.equal([]);
  });

  it("says how to install before it can start", async () => {
    properties.LoadState = "not-found";
    for (const work of [supervisor().start(), supervisor().restart()]) {
      const error = await failure(work);
      expect(error.message).to.equal("the gateway is not installed as a service");
      expect(error.next).to.contain("openclaw gateway install");
    }
    expect(calls).to.deep.equal([]);
  });

  it("does not start what runs", async () => {
    properties.ActiveState = "active";
    await supervisor().start();
    expect(calls).to.deep.equal([]);
  });

  it("starts a service that failed too often as well", async () => {
    await supervisor().start();
    expect(calls).to.deep.equal([
      "systemctl reset-failed openclaw-gateway-work.service",
      "systemctl start openclaw-gateway-work.service",
    ]);
  });

  it("says why it did not start", async () => {
    answers.start = { code: 1, stderr: "Job for openclaw-gateway-work.service failed.\n" };
    Object.assign(properties, { ActiveState: "failed", Result: "exit-code", ExecMainCode: "1", ExecMainStatus: "78" });
    const error = await failure(supervisor().start());
    expect(error.message).to.equal(
      "the service openclaw-gateway-work.service did not start: it ended with exit code 78",
    );
    expect(error.next).to.equal("see: journalctl --user -u openclaw-gateway-work.service -n 50");
  });

  it("stops, waits if it is to, and disables if it is to", async () => {
    properties.ActiveState = "active";
    await supervisor().stop({ disable: false, wait: true });
    expect(calls[0]).to.equal("systemctl stop openclaw-gateway-work.service");
    calls = [];
    await supervisor().stop({ disable: true, wait: false });
    expect(calls).to.deep.equal([
      "systemctl disable openclaw-gateway-work.service",
      "systemctl stop --no-block openclaw-gateway-work.service",
    ]);
  });

  it("stops what still runs after its definition was deleted", async () => {
    Object.assign(properties, { LoadState: "not-found", ActiveState: "active" });
    await supervisor().stop({ disable: true, wait: false });
    expect(calls).to.deep.equal(["systemctl stop --no-block openclaw-gateway-work.service"]);
  });

  it("stops nothing that does not run or is not there", async () => {
    await supervisor().stop({ disable: false, wait: true });
    properties.LoadState = "not-found";
    await supervisor().stop({ disable: true, wait: true });
    expect(calls).to.deep.equal([]);
  });

  for (const [given, state, detail] of [
    [{ ActiveState: "active", SubState: "running", MainPID: "7" }, "running", undefined],
    [{ ActiveState: "active", NRestarts: "2" }, "running", "restarted 2 times by systemd"],
    [{ ActiveState: "activating", SubState: "start" }, "starting", undefined],
    [{ ActiveState: "deactivating", SubState: "stop-sigterm" }, "stopping", undefined],
    [{ ActiveState: "inactive", Result: "success" }, "stopped", undefined],
    [
      { ActiveState: "activating", SubState: "auto-restart", Result: "signal", ExecMainCode: "2", ExecMainStatus: "9" },
      "failed",
      "it was ended by signal 9; it is started again in a moment",
    ],
    [{ ActiveState: "failed", Result: "start-limit-hit" }, "failed", "it failed too often in a minute"],
    [{ ActiveState: "failed", Result: "watchdog", ExecMainCode: "3" }, "failed", "watchdog"],
  ] as const) {
    it(`calls ${Object.values(given).join(" ")} ${state}`, async () => {
      Object.assign(properties, given);
      const status = await supervisor().status();
      expect([status.state, status.detail]).to.deep.equal([state, detail]);
    });
  }

  it("says when the program is gone that the unit starts", async () => {
    const gone = join(folder, "node");
    await supervisor([gone, import.meta.filename]).install(limits);
    expect((await supervisor().status()).detail).to.equal(
      `${gone} is not there any more; write the service anew with: openclaw gateway install`,
    );
  });

  it("names what systemd refused", async () => {
    answers.enable = { code: 1, stderr: "Failed to enable unit: Unit is masked.\nmore\n" };
    expect((await failure(supervisor().install(limits))).message).to.equal(
      "systemctl --user enable openclaw-gateway-work.service failed: Failed to enable unit: Unit is masked.",
    );
  });
});
