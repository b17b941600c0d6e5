import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { commandRunner } from "../../src/lib/host/run-command.ts";
import { findOwner, signalOwner } from "../../src/supervisor/gateway-owner.ts";
import { ServiceError } from "../../src/supervisor/service-error.ts";

describe("findOwner", () => {
  const run = commandRunner({ PATH: process.env.PATH }, 10_000);
  let dir: string;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "openclaw-owner-"));
  });
  afterEach(async () => {
    if (child?.exitCode === null) await kill();
    child = undefined;
    rmSync(dir, { recursive: true });
  });
  /** A process that takes the state directory as a gateway does. */
  const hold = async () => {
    const program = join(import.meta.dirname, "../storage/harness/lock-holder.ts");
    child = spawn(process.execPath, [program, dir, "http://127.0.0.1:4"], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout as NodeJS.ReadableStream, "data");
    return child;
  };
  const kill = async () => {
    child?.kill("SIGKILL");
    if (child?.exitCode === null && child.signalCode === null) await once(child, "exit");
  };
  const named = join("gateway.lock.json");

  it("knows the process that has the state folder, and where it is reached", async () => {
    const { pid } = await hold();
    expect(await findOwner(dir, run)).to.deep.equal({
      pid,
      startTimeMs: 1_700_000_000_000,
      url: "http://127.0.0.1:4",
      verified: true,
    });
  });

  it("finds nobody after a crash, whatever the file says that is left", async () => {
    await hold();
    await kill();
    expect(JSON.parse(readFileSync(join(dir, named), "utf8")).pid).to.equal(child?.pid);
    expect(await findOwner(dir, run)).to.equal(undefined);
  });

  it("does not take another process for it that has its number now", async () => {
    await hold();
    writeFileSync(join(dir, named), JSON.stringify({ pid: process.pid, startTimeMs: 1 }));
    expect(await findOwner(dir, run)).to.equal(undefined);
  });

  it("finds nobody where nobody ever was", async () => {
    expect(await findOwner(dir, run)).to.equal(undefined);
    expect(await findOwner(join(dir, "nothing"), run)).to.equal(undefined);
  });

  it("does not believe a file that makes no sense", async () => {
    await hold();
    for (const text of [
      "",
      "{",
      "null",
      "[]",
      '{"pid":"1","startTimeMs":1}',
      '{"pid":-1,"startTimeMs":1}',
      '{"pid":1}',
    ]) {
      writeFileSync(join(dir, named), text);
      expect(await findOwner(dir, run), text).to.equal(undefined);
    }
  });

  it("is one of its own for every folder", async () => {
    await hold();
    const other = join(dir, "other");
    mkdirSync(other);
    for (const name of ["gateway.lock", named]) writeFileSync(join(other, name), readFileSync(join(dir, named)));
    expect(await findOwner(other, run)).to.equal(undefined);
  });
});

describe("signalOwner", () => {
  const owner = { pid: process.pid, startTimeMs: 1, url: undefined, verified: true };

  it("signals the gateway", async () => {
    const heard = once(process, "SIGUSR2");
    signalOwner(owner, "SIGUSR2");
    await heard;
  });

  it("signals nobody it is not sure of", () => {
    expect(() => signalOwner({ ...owner, verified: false }, "SIGKILL")).to.throw(
      ServiceError,
      `process ${process.pid} of another user`,
    );
  });

  it("takes one that has ended meanwhile for stopped", () => {
    signalOwner({ ...owner, pid: 2 ** 22 + 1 }, "SIGTERM");
  });
});
