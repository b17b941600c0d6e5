import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type JsonLog, openLog } from "../../../src/lib/log/json-log.ts";
import { parseRecord } from "../../../src/lib/log/log-record.ts";
import { TestClock } from "../../support/test-clock.ts";

const source = join(import.meta.dirname, "../../../src/lib");

describe("a log", () => {
  let folder: string;
  let path: string;
  let log: JsonLog;
  const clock = new TestClock();
  const bounds = { maxFileBytes: 65_536, maxFiles: 3 };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "openclaw-log-"));
    path = join(folder, "logs", "some.log");
    log = await openLog({ level: "info", file: { path, ...bounds }, component: "main", clock });
  });
  afterEach(() => {
    log.close();
    rmSync(folder, { recursive: true });
  });
  const lines = (file = path) =>
    readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("writes a line as one JSON object: time, level, component, message, fields and a number", () => {
    log.child({ component: "store" }).warn({ path: "/x", ms: 3 }, "it is slow");
    const [{ time, ...line }] = lines();
    expect(new Date(time).toISOString()).to.equal(time);
    expect(line).to.deep.equal({
      level: "warn",
      component: "store",
      message: "it is slow",
      fields: { path: "/x", ms: 3 },
      n: 1,
    });
  });

  it("makes no file before the first line, and keeps it for its owner alone", () => {
    log.debug({}, "not important enough");
    log.close();
    expect(existsSync(path)).to.equal(false);
  });

  it("has warnings and errors on disk when they are said, and all that came before them", () => {
    log.info({}, "one");
    expect(existsSync(path)).to.equal(false);
    log.error({}, "two");
    expect(lines().map(({ message }) => message)).to.deep.equal(["one", "two"]);
  });

  it("writes other lines in the next turn of the event loop", async () => {
    log.info({}, "one");
    log.info({}, "two");
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines().map(({ message, component }) => [message, component])).to.deep.equal([
      ["one", "main"],
      ["two", "main"],
    ]);
  });

  it("tells an error by its name, message, stack, cause and fields, wherever it stands", () => {
    const error = Object.assign(new RangeError("outer", { cause: new Error("inner") }), { code: "E1" });
    log.error({ failed: { err: error } }, "x");
    const { err } = lines()[0].fields.failed;
    expect(err).to.include({ name: "RangeError", message: "outer", code: "E1" });
    expect(err.stack).to.match(/^ {4}at /);
    expect(err.cause).to.include({ name: "Error", message: "inner" });
  });

  it("writes whatever it is given", () => {
    const circle: Record<string, unknown> = { name: "c" };
    circle.self = circle;
    const angry = {
      get x() {
        throw new Error("no");
      },
    };
    const many = Array.from({ length: 100 }, (_, index) => index);
    const fields = {
      circle,
      angry,
      big: 7n,
      bytes: new Uint8Array(3),
      date: new Date(0),
      set: new Set([1]),
      nan: Number.NaN,
      nothing: undefined,
      call: () => 1,
      many,
    };
    log.error(fields, "x");
    const [line] = lines();
    expect(line.fields).to.deep.equal({
      circle: { name: "c", self: "[circular]" },
      angry: "[cannot be read]",
      big: "7",
      bytes: "[3 bytes]",
      date: "1970-01-01T00:00:00.000Z",
      set: [1],
      nan: "NaN",
      many: [...many.slice(0, 64), "… 36 more"],
    });
  });

  it("keeps other lines when its level changes", () => {
    log.setLevels("error", "error");
    log.warn({}, "one");
    log.setLevels("debug", "debug");
    log.debug({}, "two");
    log.error({}, "three");
    expect(lines().map(({ message }) => message)).to.deep.equal(["two", "three"]);
  });

  it("keeps one line break out of a line, and a long text bounded", () => {
    log.error({ text: "y".repeat(100_000) }, "a\nb");
    expect(lines()).to.have.length(1);
    expect(lines()[0].fields.text).to.have.length(8_193);
  });

  it("puts a file aside when it is full, and keeps as many as it is told", () => {
    for (let index = 0; index < 1_000; index++) log.error({ pad: "z".repeat(500) }, String(index));
    const names = readdirSync(join(folder, "logs")).sort();
    expect(names).to.deep.equal(["some.log", "some.log.1", "some.log.2"]);
    const kept = log
      .files()
      .reverse()
      .flatMap((file) => lines(file));
    expect(kept.map(({ n }) => n)).to.deep.equal(kept.map((_, index) => 1_000 - kept.length + 1 + index));
    expect(kept.length).to.be.greaterThan(200);
  });

  it("begins a file a day where the path says so, and drops the oldest", async () => {
    const daily = await openLog({
      level: "info",
      file: { path: join(folder, "daily", "log-YYYY-MM-DD.txt"), ...bounds },
      clock,
    });
    for (let day = 0; day < 5; day++) {
      daily.error({}, String(day));
      clock.advance(86_400_000);
    }
    expect(daily.files().flatMap((file) => lines(file).map(({ message }) => message))).to.deep.equal(["4", "3", "2"]);
    expect(daily.files()[0]).to.match(/log-\d{4}-\d\d-\d\d\.txt$/);
    daily.close();
  });

  it("goes on with its numbers after a restart, past text that a crash left", async () => {
    log.error({}, "one");
    log.error({}, "two");
    log.close();
    writeFileSync(path, "Error: boom\n    at x\n", { flag: "a" });
    log = await openLog({ level: "info", file: { path, ...bounds }, clock });
    log.error({}, "three");
    const last = readFileSync(path, "utf8").trimEnd().split("\n").at(-1) ?? "";
    expect(parseRecord(last)).to.include({ message: "three", n: 3 });
  });

  it("goes on without its file when that cannot grow, and says once where lines can be seen", function () {
    if (process.platform === "win32") this.skip();
    const script = `
      import { openLog } from "${source}/log/json-log.ts";
      const shown = { level: "silent", fileDescriptor: 2 };
      const file = { path: ${JSON.stringify(path)}, maxFileBytes: 65536, maxFiles: 2 };
      const log = await openLog({ level: "info", file, shown, clock: { nowMs: () => 0 } });
      for (let n = 0; n < 90; n++) log.error({ pad: "x".repeat(100) }, "line");
      process.stdout.write(String(log.tail.readAfter(0, 100).length));`;
    const limited = 'ulimit -f 8; exec "$0" --input-type=module --eval "$1"';
    const { status, stdout, stderr } = spawnSync("sh", ["-c", limited, process.execPath, script], { encoding: "utf8" });
    expect([status, stdout], stderr).to.deep.equal([0, "90"]);
    const told = stderr.trim().split("\n");
    expect(told.map((line) => JSON.parse(line).message)).to.deep.equal([
      "lines cannot be written to the log's file; it is tried again every two seconds",
    ]);
  });

  it("writes again when the disk lets it", async () => {
    const place = join(folder, "blocked");
    writeFileSync(place, "a file where the folder should be");
    const shown = { level: "silent", fileDescriptor: openSync("/dev/null", "w") } as const;
    const other = await openLog({ level: "info", file: { path: join(place, "x.log"), ...bounds }, shown, clock });
    other.error({}, "lost");
    rmSync(place);
    clock.advance(2_000);
    other.error({}, "kept");
    expect(lines(join(place, "x.log")).map(({ message }) => message)).to.deep.equal(["kept"]);
    other.close();
    closeSync(shown.fileDescriptor);
  });

  it("loses nothing at warn and above when the process is killed, and nothing at all when it crashes", () => {
    const begin = `
      import { openLog } from "${source}/log/json-log.ts";
      const log = await openLog({ level: "debug", file: { path: ${JSON.stringify(path)}, maxFileBytes: 1e6, maxFiles: 2 }, clock: { nowMs: () => 0 } });
      log.debug({}, "detail"); log.warn({}, "warning");`;
    expect(runScript(`${begin} process.kill(process.pid, "SIGKILL");`).signal).to.equal("SIGKILL");
    expect(lines().map(({ message }) => message)).to.deep.equal(["detail", "warning"]);
    expect(runScript(`${begin} log.info({}, "last words"); throw new Error("boom");`).status).to.equal(1);
    expect(lines().at(-1).message).to.equal("last words");
  });

  it("does not wait for a reader of standard error who does not read", async () => {
    const script = `
      import { openLog } from "${source}/log/json-log.ts";
      const log = await openLog({ level: "silent", shown: { level: "debug", fileDescriptor: 2 }, clock: { nowMs: () => 0 } });
      for (let n = 0; n < 40_000; n++) log.debug({ n, pad: "p".repeat(100) }, "chatty");
      await new Promise((resolve) => setTimeout(resolve, 50));
      process.stdout.write("went on");
      setInterval(() => {}, 1_000);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [said] = await once(child.stdout.setEncoding("utf8"), "data");
    child.kill("SIGKILL");
    expect(said).to.equal("went on");
  });
});

function runScript(script: string) {
  return spawnSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
}
