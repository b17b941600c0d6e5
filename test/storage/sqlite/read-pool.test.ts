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
  let commits: number;
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
    commits = 0;
    ({ promise: released, resolve: release } = Promise.withResolvers<void>());
    pool = new ReadPool<Lease>({
      connect: () => {
        connected += 1;
        return new Connection(path, "read");
      },
      open: (lease) => lease,
      commits: () => commits,
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
  /** Readers who each have a snapshot of their own: something is committed before each of them. */
  const readSlowlyApart = (count: number) =>
    Array.from({ length: count }, () => {
      commits += 1;
      return readSlowly();
    });

  it("uses one connection for one reader after the other", async () => {
    for (let index = 0; index < 5; index += 1) expect(await readOne()).to.equal(1);
    expect(connected).to.equal(1);
  });

  it("serves any number of readers with one connection while nothing is committed", async () => {
    const slow = Array.from({ length: 100 }, readSlowly);
    expect(await readOne()).to.equal(1);
    release();
    expect(new Set(await Promise.all(slow))).to.deep.equal(new Set([1]));
    expect(connected).to.equal(1);
  });

  it("serves any number of readers with four connections while much is committed", async () => {
    const readers = Array.from({ length: 100 }, () => {
      commits += 1;
      return readOne();
    });
    expect(new Set(await Promise.all(readers))).to.deep.equal(new Set([1]));
    expect(connected).to.be.at.most(4);
  });

  it("shows a reader what was committed before it came, however long others have been reading", async () => {
    const count = statement<Record<string, never>, { readonly count: number }>("SELECT count(*) AS count FROM t");
    const readCount = () => pool.read(async (lease) => lease.get(count, {})?.count);
    const slow = pool.read(async (lease) => {
      const before = lease.get(count, {})?.count;
      await released;
      return [before, lease.get(count, {})?.count];
    });
    expect(await readCount()).to.equal(0);
    const writer = new Connection(join(dir, "some.db"), "write");
    writer.script("INSERT INTO t VALUES (1)");
    writer.close();
    commits += 1;
    expect(await readCount()).to.equal(1);
    release();
    expect(await slow).to.deep.equal([0, 0]);
    expect(await readCount()).to.equal(1);
  });

  it("refuses a reader who goes on after its work, though others still read its snapshot", async () => {
    const slow = readSlowly();
    let kept: Lease | undefined;
    await pool.read(async (lease) => {
      kept = lease;
    });
    expect(() => kept?.get(one, {})).to.throw("their snapshot is over");
    release();
    expect(await slow).to.equal(1);
  });

  it("lets go of a snapshot nobody reads when it is asked to", async () => {
    await readOne();
    const checkpoint = statement<Record<string, never>, { readonly busy: number }>("PRAGMA wal_checkpoint(TRUNCATE)");
    const writer = new Connection(join(dir, "some.db"), "write");
    writer.script("INSERT INTO t VALUES (1)");
    pool.endUnused();
    expect(writer.get(checkpoint, {})?.busy).to.equal(0);
    writer.close();
  });

  it("lets the fifth wait until one of four is done", async () => {
    const slow = readSlowlyApart(4);
    commits += 1;
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
    const slow = readSlowlyApart(4);
    commits += 1;
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
