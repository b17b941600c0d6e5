import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { SafeMode } from "../../src/gateway/safe-mode.ts";
import { silentLog } from "../../src/lib/log.ts";
import { BootRecord, type StartMode } from "../../src/storage/boot-record.ts";
import { until } from "../support/until.ts";

const normal: StartMode = { mode: "normal", reason: "", untilMs: undefined };

describe("SafeMode", () => {
  let mode: StartMode;
  let subject: SafeMode | undefined;
  const boots = {
    get startMode(): StartMode {
      return mode;
    },
  };
  const safe = (): StartMode => ({ mode: "safe", reason: "it crashed", untilMs: Date.now() + 20 });

  afterEach(() => subject?.stop());

  it("holds nothing back after a normal start", () => {
    mode = normal;
    subject = new SafeMode(boots, silentLog);
    expect(subject.current).to.equal(undefined);
  });

  it("says why something is held back, and until when", () => {
    mode = safe();
    subject = new SafeMode(boots, silentLog);
    expect(subject.current).to.deep.equal({ reason: "it crashed", untilMs: mode.untilMs });
  });

  it("tells when it is over, once", async () => {
    mode = safe();
    let told = 0;
    subject = new SafeMode(boots, silentLog);
    subject.whenOver(() => {
      told += 1;
    });
    setImmediate(() => {
      mode = normal;
    });
    await until(() => told > 0, "safe mode is over");
    expect(subject.current).to.equal(undefined);
    expect(told).to.equal(1);
  });

  it("does not tell whoever does not want to hear it any more", async () => {
    mode = safe();
    const told: string[] = [];
    subject = new SafeMode(boots, silentLog);
    subject.whenOver(() => told.push("one"))();
    subject.whenOver(() => told.push("two"));
    mode = normal;
    await until(() => told.length > 0, "safe mode is over");
    expect(told).to.deep.equal(["two"]);
  });

  it("follows three starts that were no stop", () => {
    const stateDir = mkdtempSync(join(tmpdir(), "openclaw-boots-"));
    try {
      const clock = { nowMs: () => Date.now() };
      for (let crash = 0; crash < 3; crash += 1) new BootRecord(stateDir, clock);
      subject = new SafeMode(new BootRecord(stateDir, clock), silentLog);
      expect(subject.current?.reason).to.contain("crashed 3 times");
    } finally {
      rmSync(stateDir, { recursive: true });
    }
  });
});
