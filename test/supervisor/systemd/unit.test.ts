import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { unitCommand, unitName, unitText } from "../../../src/supervisor/systemd/unit.ts";
import { hostileWord, sampleService } from "../support/sample-service.ts";

describe("the unit of a systemd service", () => {
  const limits = { memoryMb: undefined, hardened: false };

  it("is named by the profile", () => {
    expect(unitName(undefined)).to.equal("openclaw-gateway.service");
    expect(unitName("work")).to.equal("openclaw-gateway-work.service");
    expect(unitText(sampleService({ profile: "work" }), limits)).to.contain(
      "Description=OpenClaw Gateway (profile work)",
    );
  });

  it("starts the program by its path, and has its variables", () => {
    const lines = unitText(sampleService(), limits).split("\n");
    expect(lines).to.include.members([
      "ExecStart=/usr/bin/node /opt/openclaw/main.js gateway run",
      "WorkingDirectory=/home/ada",
      "Environment=LANG=C.UTF-8",
      "Environment=PATH=/usr/bin:/bin",
    ]);
  });

  it("is ready when the gateway says so, and starts again unless the configuration is wrong", () => {
    const lines = unitText(sampleService(), limits).split("\n");
    expect(lines).to.include.members([
      "Type=notify",
      "NotifyAccess=all",
      "WatchdogSec=60",
      "Restart=always",
      "RestartSec=5",
      "RestartPreventExitStatus=78",
      "SuccessExitStatus=0 143",
      "StartLimitIntervalSec=60",
      "StartLimitBurst=5",
      "TimeoutStartSec=30",
      "TimeoutStopSec=30",
      "KillMode=mixed",
    ]);
  });

  it("takes most of the machine's memory, or what it is told", () => {
    expect(unitText(sampleService(), limits)).to.contain("MemoryHigh=75%\nMemoryMax=85%\n");
    expect(unitText(sampleService(), { ...limits, memoryMb: 1000 })).to.contain("MemoryHigh=900M\nMemoryMax=1000M\n");
  });

  it("takes rights away only when it is told so", () => {
    expect(unitText(sampleService(), limits)).not.to.contain("NoNewPrivileges");
    expect(unitText(sampleService(), { ...limits, hardened: true })).to.contain("\nNoNewPrivileges=yes\n");
  });

  it("can be read back, whatever the words are", () => {
    const command = [`/opt/${hostileWord}`, hostileWord, "plain", "$HOME", "%h", "--x=1"];
    expect(unitCommand(unitText(sampleService({ command }), limits))).to.deep.equal(command);
    expect(unitCommand("[Service]\n")).to.equal(undefined);
  });

  describe("as systemd reads it", () => {
    let dir: string;
    before(function () {
      if (spawnSync("systemd-analyze", ["--version"]).status !== 0) this.skip();
    });
    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), "openclaw-unit-"));
    });
    afterEach(() => rmSync(dir, { recursive: true, force: true }));

    const verify = (text: string) => {
      const path = join(dir, "openclaw-gateway.service");
      writeFileSync(path, text);
      const runtime = { XDG_RUNTIME_DIR: dir, HOME: dir, PATH: process.env.PATH };
      const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--user", "--man=no", path], { env: runtime });
      return { status, stderr: stderr.toString() };
    };
    const program = (name: string) => {
      mkdirSync(join(dir, "bin"), { recursive: true });
      symlinkSync(process.execPath, join(dir, "bin", name));
      return join(dir, "bin", name);
    };

    for (const hardened of [false, true]) {
      it(`has nothing wrong${hardened ? ", hardened" : ""}`, () => {
        const service = sampleService({ home: dir, command: [process.execPath, "main.js", "gateway", "run"] });
        expect(verify(unitText(service, { memoryMb: hardened ? 512 : undefined, hardened }))).to.deep.equal({
          status: 0,
          stderr: "",
        });
      });
    }

    it("has nothing wrong with odd paths and variables", () => {
      const service = sampleService({
        home: dir,
        command: [program("no de$1%n"), hostileWord, "gateway", "run"],
        environment: { PATH: hostileWord },
      });
      expect(verify(unitText(service, limits))).to.deep.equal({ status: 0, stderr: "" });
    });

    it("would be told what is wrong", () => {
      const { stderr } = verify(
        unitText(sampleService({ home: dir }), limits).replace("RestartSec=5", "RestartSec=soon"),
      );
      expect(stderr).to.contain("ignoring: soon");
    });
  });
});
