import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { Connection } from "../../../src/storage/sqlite/connection.ts";
import type { Lease } from "../../../src/storage/sqlite/lease.ts";
import { ReadPool } from "../../../src/storage/sqlite/read-pool.ts";
import { statement } from "../../../src/storage/sqlite/statement.ts";
import { SettableClock } from "../support/temporary-store.ts";

const one = statement<Record<string, never>, { readonly one: number }>("SELECT 1 AS one");

describe("the read pool", () => {
  let dir: string;
  let clock: SettableClock;
  let connected: number;
  let pool: ReadPool<Lease>;
  let release: () => void;
  let released: Promise<void>;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "openclaw-pool-"));
    const path = join(dir, "some.db");
    const writer = new Connection(path, "write");
    writer.script("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
    writer.close();
    clock = new SettableClock();
    connected = 0;
    ({ promise: released, resolve: release } = Promise.withResolvers<void>());
    pool = new ReadPool<Lease>({
      connect: () => {
        connected += 1;
        return new Connection(path, "read");
      },
      open: (lease) => lease,
      clock,
      explain: (error) => error,
    });
  });

  afterEach(() => {
    release();
    pool.close();
    rmSync(dir, { recursive: true });
  });

  const readOne = () => pool.read(async (lease) => lease.get(one, {})?.one);
  const readSlowly = () =>
    pool.read(async (lease) => {
      await released;
      return lease.get(one, {})?.one;
    });

  it("uses one connection for one reader after the other", async () => {
    for (let index = 0; index < 5; index += 1) expect(await readOne()).to.equal(1);
    expect(connected).to.equal(1);
  });

  it("serves any number of readers with four connections", async () => {
    const results = await Promise.all(Array.from({ length: 100 }, readOne));
    expect(results.every((result) => result === 1)).to.equal(true);
    expect(connected).to.be.at.most(4);
  });

  it("lets the fifth wait until one of four is done", async () => {
    const slow = Array.from({ length: 4 }, readSlowly);
    let done = false;
    const fifth = readOne().then(() => {
      done = true;
    });
    await nextTurn();
    expect(done).to.equal(false);
    release();
    await Promise.all([...slow, fifth]);
    expect(done).to.equal(true);
  });

  it("takes the connections of snapshots that were kept for too long", async () => {
    const slow = Array.from({ length: 4 }, readSlowly);
    await nextTurn();
    clock.timeMs += 10_001;
    expect(await readOne()).to.equal(1);
    release();
    const results = await Promise.allSettled(slow);
    expect(results.map((result) => result.status)).to.deep.equal(Array(4).fill("rejected"));
  });

  it("passes an error of the work on and keeps the connection", async () => {
    const thrown = await pool.read(() => Promise.reject(new Error("mine"))).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(Error).with.property("message", "mine");
    expect(await readOne()).to.equal(1);
    expect(connected).to.equal(1);
  });

  it("ends every snapshot when it closes, and opens none afterwards", async () => {
    const slow = readSlowly();
    await nextTurn();
    pool.close();
    release();
    const results = await Promise.allSettled([slow, readOne()]);
    expect(results.map((result) => result.status)).to.deep.equal(["rejected", "rejected"]);
  });
});
