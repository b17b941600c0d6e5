import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { BootRecord } from "../../src/storage/boot-record.ts";

describe("the record of boots", () => {
  const minute = 60_000;
  let dir: string;
  let nowMs: number;
  const clock = { nowMs: () => nowMs };
  const boot = () => new BootRecord(dir, clock);
  const crash = (afterMs = 0) => {
    boot();
    nowMs += afterMs;
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "openclaw-boots-"));
    nowMs = Date.parse("2026-11-22T10:00:00Z");
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("lets a gateway start as usual after two crashes", () => {
    crash(minute);
    crash(minute);
    expect(boot().startMode).to.deep.equal({ mode: "normal", reason: "", untilMs: undefined });
  });

  it("makes it careful after three crashes in five minutes, and says why and for how long", () => {
    for (let time = 0; time < 3; time += 1) crash(minute);
    const { mode, reason, untilMs } = boot().startMode;
    expect(mode).to.equal("safe");
    expect(untilMs).to.equal(Date.parse("2026-11-22T10:05:00Z"));
    expect(reason).to.equal(
      "the gateway crashed 3 times within 5 minutes; channels and jobs are held back until 2026-11-22T10:05:00.000Z",
    );
  });

  it("lets it do everything again by itself when the window has drained", () => {
    for (let time = 0; time < 3; time += 1) crash(minute);
    const record = boot();
    nowMs = Date.parse("2026-11-22T10:04:59Z");
    expect(record.startMode.mode).to.equal("safe");
    nowMs = Date.parse("2026-11-22T10:05:00Z");
    expect(record.startMode.mode).to.equal("normal");
  });

  it("stays careful when the careful gateway crashes, too", () => {
    for (let time = 0; time < 4; time += 1) crash(minute);
    expect(boot().startMode).to.deep.include({ mode: "safe", untilMs: Date.parse("2026-11-22T10:06:00Z") });
  });

  it("does not count crashes further apart", () => {
    for (let time = 0; time < 5; time += 1) crash(2.5 * minute);
    expect(boot().startMode.mode).to.equal("normal");
  });

  it("does not count gateways that were stopped", () => {
    for (let time = 0; time < 5; time += 1) boot().stopped();
    expect(boot().startMode.mode).to.equal("normal");
  });

  it("does not forget crashes because a gateway was stopped in between", () => {
    crash();
    crash();
    boot().stopped();
    crash();
    expect(boot().startMode.mode).to.equal("safe");
  });

  it("does not count crashes of the future, which a clock that was set back leaves behind", () => {
    for (let time = 0; time < 3; time += 1) crash();
    nowMs -= 60 * minute;
    expect(boot().startMode.mode).to.equal("normal");
  });

  it("starts anew when its file is damaged", () => {
    for (const text of ["", "{", "[]", "null", '{"unclean":"many"}', '{"unclean":["1",null]}']) {
      writeFileSync(join(dir, "boots.json"), text);
      expect(boot().startMode.mode).to.equal("normal");
    }
  });

  it("keeps a file that does not grow, for its owner alone", () => {
    for (let time = 0; time < 100; time += 1) crash();
    const path = join(dir, "boots.json");
    expect(JSON.parse(readFileSync(path, "utf8")).unclean).to.have.length(21);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });
});
