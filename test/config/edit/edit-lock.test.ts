/** The lock around a change of the configuration. */

import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { type LockTimes, withEditLock } from "../../../src/config/edit/edit-lock.ts";
import { ConfigHome } from "../config-home.ts";

const times: LockTimes = { lookMs: 1, patienceMs: 5_000, signMs: 20, lifeMs: 1_500 };

describe("the lock around a change", () => {
  let home: ConfigHome;
  const path = (): string => join(home.path, "config");
  const lock = (): string => `${path()}.editing`;

  beforeEach(() => {
    home = new ConfigHome();
  });
  afterEach(() => home.remove());

  /** Takes the lock this many times at once; true when no two held it at the same time. */
  async function takeTurns(count: number): Promise<boolean> {
    let holders = 0;
    let most = 0;
    const hold = async (): Promise<void> => {
      holders += 1;
      most = Math.max(most, holders);
      await sleep(2);
      holders -= 1;
    };
    await Promise.all(Array.from({ length: count }, () => withEditLock(path(), hold, times)));
    return most === 1;
  }

  it("is held by one at a time, and nothing is left of it", async () => {
    expect(await takeTurns(10)).to.equal(true);
    expect(await readdir(home.path)).to.deep.equal([]);
  });

  it("is taken over from a process that died by one of those who wait", async () => {
    await writeFile(lock(), "999999999 1 somebody");
    expect(await takeTurns(10)).to.equal(true);
    expect(await readdir(home.path)).to.deep.equal([]);
  });

  it("is taken over although somebody died while clearing it away", async () => {
    await writeFile(lock(), "999999999 1 somebody");
    await writeFile(`${lock()}.clearing`, "999999999 1");
    expect(await takeTurns(3)).to.equal(true);
  });

  it("is taken over from a process that shows no sign any more", async () => {
    await writeFile(lock(), `${process.ppid} 1 somebody`);
    const longAgo = new Date(Date.now() - 2_000);
    await utimes(lock(), longAgo, longAgo);
    expect(await takeTurns(2)).to.equal(true);
  });

  it("is kept for as long as the work takes", async () => {
    let ended = false;
    const slow = withEditLock(
      path(),
      async () => {
        await sleep(2_500);
        ended = true;
      },
      times,
    );
    await sleep(50);
    await withEditLock(path(), async () => expect(ended).to.equal(true), times);
    await slow;
  });

  it("is not waited for without end", async () => {
    await writeFile(lock(), `${process.ppid} 1 somebody`);
    const failure = await withEditLock(path(), async () => {}, { ...times, patienceMs: 20, lifeMs: 60_000 }).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(failure).to.contain("is being changed by another process");
    expect(await readFile(lock(), "utf8")).to.contain("somebody");
  });

  it("is not removed when it has come into other hands", async () => {
    await withEditLock(path(), () => writeFile(lock(), `${process.ppid} 1 the next`), times);
    expect(await readFile(lock(), "utf8")).to.contain("the next");
  });
});
