import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { StoreUnusableError } from "../../src/storage/database-file.ts";
import { acquireStateLock, StateLockedError } from "../../src/storage/state-lock.ts";

describe("the lock of a state directory", () => {
  let parent: string;
  let dir: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "openclaw-lock-"));
    dir = join(parent, "state");
  });

  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(parent, { recursive: true });
  });

  const acquire = () => acquireStateLock(dir, { pid: process.pid, startTimeMs: 5 });
  const refusal = () => {
    try {
      acquire().release();
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const startHolder = async (url: string) => {
    const program = join(import.meta.dirname, "harness", "lock-holder.ts");
    const child = spawn(process.execPath, [program, dir, url], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    await once(child.stdout, "data");
    return child;
  };

  it("makes the directory, for its owner alone", () => {
    const lock = acquire();
    expect(lock.stateDir).to.equal(dir);
    expect(statSync(dir).mode & 0o777).to.equal(0o700);
    for (const name of ["gateway.lock", "gateway.lock.json"]) {
      expect(statSync(join(dir, name)).mode & 0o777).to.equal(0o600);
    }
    lock.release();
  });

  it("refuses a second taker in the same process, also through another path", () => {
    const lock = acquire();
    symlinkSync(dir, join(parent, "link"));
    expect(refusal()).to.be.instanceOf(StateLockedError);
    expect(() => acquireStateLock(join(parent, "link"), { pid: 1, startTimeMs: 1 })).to.throw(StateLockedError);
    expect(refusal()).to.be.instanceOf(StateLockedError);
    lock.release();
  });

  it("can be taken again once it was released", () => {
    const first = acquire();
    first.release();
    first.release();
    const second = acquire();
    first.release();
    expect(refusal()).to.be.instanceOf(StateLockedError);
    second.release();
  });

  it("refuses while another process holds it, and says who", async () => {
    const child = await startHolder("http://127.0.0.1:18789");
    const error = refusal();
    expect(error).to.be.instanceOf(StateLockedError);
    expect((error as StateLockedError).owner).to.deep.equal({
      pid: child.pid,
      startTimeMs: 1_700_000_000_000,
      url: "http://127.0.0.1:18789",
    });
    expect((error as StateLockedError).message)
      .to.contain(dir)
      .and.contain(`process ${child.pid}`)
      .and.contain("http://127.0.0.1:18789")
      .and.contain("2023-11-14");
  });

  it("is free as soon as its holder was killed", async () => {
    const child = await startHolder("http://127.0.0.1:18789");
    child.kill("SIGKILL");
    await once(child, "exit");
    const lock = acquire();
    expect(JSON.parse(readFileSync(join(dir, "gateway.lock.json"), "utf8"))).to.deep.equal({
      pid: process.pid,
      startTimeMs: 5,
    });
    lock.release();
  });

  it("says where the gateway can be reached once that is announced", () => {
    const lock = acquire();
    lock.announce("http://127.0.0.1:18789");
    expect((refusal() as StateLockedError).owner).to.deep.equal({
      pid: process.pid,
      startTimeMs: 5,
      url: "http://127.0.0.1:18789",
    });
    lock.release();
  });

  describe("with a configuration file", () => {
    const other = () => acquireStateLock(join(parent, "other"), { pid: 7, startTimeMs: 1 }, configPath());
    const configPath = () => join(parent, "openclaw.json");

    it("refuses a gateway of another state directory that would change the same file", () => {
      const lock = acquireStateLock(dir, { pid: process.pid, startTimeMs: 5 }, configPath());
      expect(other).to.throw(StateLockedError, `${configPath()} is used by another gateway (process ${process.pid}`);
      lock.release();
    });

    it("leaves the state directory free when it refuses", () => {
      const lock = acquireStateLock(dir, { pid: process.pid, startTimeMs: 5 }, configPath());
      expect(other).to.throw(StateLockedError);
      acquireStateLock(join(parent, "other"), { pid: 7, startTimeMs: 1 }).release();
      lock.release();
    });

    it("leaves the state directory free when the file's lock is of no use", () => {
      writeFileSync(`${configPath()}.lock`, "this is no database, and long enough to be looked at".repeat(100));
      expect(() => acquireStateLock(dir, { pid: 1, startTimeMs: 1 }, configPath())).to.throw(StoreUnusableError);
      acquire().release();
    });

    it("gives both back", () => {
      acquireStateLock(dir, { pid: process.pid, startTimeMs: 5 }, configPath()).release();
      other().release();
      acquire().release();
    });

    it("does not need a folder for it", () => {
      acquireStateLock(dir, { pid: 1, startTimeMs: 1 }, join(parent, "nowhere", "openclaw.json")).release();
    });
  });

  it("refuses without a name when the holder's file makes no sense", () => {
    const lock = acquire();
    for (const nonsense of ["", "{", "null", '{"pid":"1"}', '{"pid":1,"startTimeMs":2,"url":3}']) {
      writeFileSync(join(dir, "gateway.lock.json"), nonsense);
      expect((refusal() as StateLockedError).owner).to.equal(undefined);
    }
    lock.release();
  });

  it("refuses a path that can be no directory", () => {
    writeFileSync(dir, "");
    expect(refusal())
      .to.be.instanceOf(StoreUnusableError)
      .with.property("message")
      .that.contains(`${dir} is no folder`);
    expect(() => acquireStateLock(join(dir, "below"), { pid: 1, startTimeMs: 1 }))
      .to.throw()
      .with.property("code", "ENOTDIR");
  });

  it("refuses a directory on a read-only file system before it touches it", function () {
    mkdirSync(dir);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", dir]).status !== 0) return this.skip();
    try {
      expect(refusal()).to.deep.include({ code: "EROFS", path: dir });
    } finally {
      spawnSync("umount", [dir]);
    }
  });

  it("says so when the directory cannot be locked for another reason", () => {
    acquire().release();
    writeFileSync(join(dir, "gateway.lock"), "this is no database, and it is long enough to be looked at".repeat(100));
    expect(refusal()).to.be.instanceOf(Error).with.property("message").that.contains("gateway.lock");
    expect(refusal()).not.to.be.instanceOf(StateLockedError);
    expect(refusal()).to.be.instanceOf(StoreUnusableError);
  });
});
