import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { noFaults } from "../../../src/lib/fault-point.ts";
import { Connection } from "../../../src/storage/sqlite/connection.ts";
import { GroupCommit } from "../../../src/storage/sqlite/group-commit.ts";
import type { Lease } from "../../../src/storage/sqlite/lease.ts";
import { statement } from "../../../src/storage/sqlite/statement.ts";
import { SettableClock } from "../support/temporary-store.ts";

const insertNote = statement<{ text: string }>("INSERT INTO notes (text) VALUES (:text)");
const breakUp = statement<Record<string, never>>("INSERT OR ROLLBACK INTO singles VALUES (1)");
const listNotes = statement<Record<string, never>, { readonly text: string }>("SELECT text FROM notes ORDER BY rowid");

describe("the group commit", () => {
  let dir: string;
  let connection: Connection;
  let clock: SettableClock;
  let committed: (readonly string[])[];
  let explained: unknown[];
  let writer: GroupCommit<Notes, string>;

  class Notes {
    readonly facts: string[] = [];
    readonly #lease: Lease;

    constructor(lease: Lease) {
      this.#lease = lease;
    }

    add(text: string): void {
      this.#lease.run(insertNote, { text });
      this.facts.push(text);
    }

    rollBack(): void {
      this.#lease.run(breakUp, {});
    }
  }

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "openclaw-commit-"));
    connection = new Connection(join(dir, "notes.db"), "write");
    connection.script("PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT NOT NULL) STRICT");
    clock = new SettableClock();
    committed = [];
    explained = [];
    writer = new GroupCommit<Notes, string>({
      connection,
      clock,
      faults: noFaults,
      open: (lease) => {
        const tables = new Notes(lease);
        return { tables, facts: tables.facts };
      },
      committed: (facts) => committed.push(facts),
      explain: (error) => {
        explained.push(error);
        return error;
      },
    });
  });

  afterEach(async () => {
    await writer.close();
    connection.close();
    rmSync(dir, { recursive: true });
  });

  const add = (text: string) => writer.transact(async (notes) => notes.add(text));
  const notes = () => connection.all(listNotes, {}).map((row) => row.text);

  it("commits what arrived in one turn of the event loop together", async () => {
    await Promise.all([add("a"), add("b"), nextTurn().then(() => {}), add("c")]);
    expect(committed).to.deep.equal([["a", "b", "c"]]);
  });

  it("takes into the batch what arrives while it works", async () => {
    let late: Promise<void> | undefined;
    await writer.transact(async (tables) => {
      tables.add("first");
      late = add("second");
    });
    await late;
    expect(committed).to.deep.equal([["first", "second"]]);
  });

  it("ends a batch after 64 transactions", async () => {
    await Promise.all(Array.from({ length: 150 }, (_, index) => add(`n${index}`)));
    expect(committed.map((facts) => facts.length)).to.deep.equal([64, 64, 22]);
  });

  it("ends a batch when its time is up", async () => {
    const slow = (text: string) =>
      writer.transact(async (tables) => {
        tables.add(text);
        clock.timeMs += 3;
      });
    await Promise.all([slow("a"), slow("b"), slow("c")]);
    expect(committed).to.deep.equal([["a", "b"], ["c"]]);
  });

  it("runs transactions one at a time in the order they were asked for", async () => {
    const steps: string[] = [];
    const twoSteps = (name: string) =>
      writer.transact(async () => {
        steps.push(`${name} begins`);
        await nextTurn();
        steps.push(`${name} ends`);
      });
    await Promise.all([twoSteps("a"), twoSteps("b")]);
    expect(steps).to.deep.equal(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("lets one transaction fail without the others of its batch", async () => {
    const failing = writer.transact(async (tables) => {
      tables.add("undone");
      throw new Error("no");
    });
    const results = await Promise.allSettled([add("before"), failing, add("after")]);
    expect(results.map((result) => result.status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
    expect(notes()).to.deep.equal(["before", "after"]);
    expect(committed).to.deep.equal([["before", "after"]]);
  });

  it("passes on what work throws at once instead of rejecting", async () => {
    const thrown = await writer
      .transact(() => {
        throw new Error("at once");
      })
      .catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(Error).with.property("message", "at once");
    await add("next");
    expect(notes()).to.deep.equal(["next"]);
  });

  it("fails the whole batch when the commit fails, and works again afterwards", async () => {
    connection.script("CREATE TABLE parents (id INTEGER PRIMARY KEY); PRAGMA foreign_keys = ON");
    connection.script("CREATE TABLE children (parent REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)");
    const orphan = writer.transact(async (tables) => {
      connection.script("INSERT INTO children VALUES (7)");
      tables.add("orphan");
    });
    const results = await Promise.allSettled([add("innocent"), orphan]);
    expect(results.map((result) => result.status)).to.deep.equal(["rejected", "rejected"]);
    expect(explained.map(String)).to.deep.equal(["Error: FOREIGN KEY constraint failed"]);
    expect(notes()).to.deep.equal([]);
    await add("later");
    expect(notes()).to.deep.equal(["later"]);
    expect(committed).to.deep.equal([["later"]]);
  });

  it("fails the whole batch when the database ends its transaction, whatever the work makes of it", async () => {
    connection.script("CREATE TABLE singles (a UNIQUE); INSERT INTO singles VALUES (1)");
    const before = add("before");
    const swallowing = writer.transact(async (tables) => {
      try {
        tables.rollBack();
      } catch {}
      tables.add("lost");
    });
    const results = await Promise.allSettled([before, swallowing]);
    expect(results.map((result) => result.status)).to.deep.equal(["rejected", "rejected"]);
    await add("later");
    expect(notes()).to.deep.equal(["later"]);
    expect(committed).to.deep.equal([["later"]]);
  });

  it("tells those who wait when another program holds the lock", async function () {
    this.timeout(60_000);
    const other = new Connection(join(dir, "notes.db"), "write");
    other.script("BEGIN IMMEDIATE");
    const results = await Promise.allSettled([add("a"), add("b")]);
    expect(results.map((result) => result.status)).to.deep.equal(["rejected", "rejected"]);
    other.close();
    await add("c");
    expect(notes()).to.deep.equal(["c"]);
  });

  it("refuses what waits and what comes once it was stopped", async () => {
    const waiting = add("a");
    writer.stop(new Error("stopped"));
    const results = await Promise.allSettled([waiting, add("b")]);
    expect(results.map((result) => result.status)).to.deep.equal(["rejected", "rejected"]);
    expect(notes()).to.deep.equal([]);
  });

  it("refuses more than 10 000 that wait", async () => {
    const waiting = Array.from({ length: 10_000 }, (_, index) => add(`n${index}`));
    const thrown = await add("one more").catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(Error).with.property("message").that.contains("too many");
    await Promise.all(waiting);
    expect(notes()).to.have.length(10_000);
  });
});
