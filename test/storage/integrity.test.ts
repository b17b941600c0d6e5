/** Looking for damage in a database that is written meanwhile. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { findProblems } from "../../src/storage/integrity.ts";

describe("looking for damage", () => {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-integrity-"));
  after(() => rmSync(folder, { recursive: true }));

  it("takes no event that is written meanwhile for one too many", async () => {
    const path = join(folder, "openclaw.db");
    const database = new DatabaseSync(path);
    // The log is read so slowly that somebody writes meanwhile.
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = OFF;
      CREATE TABLE events (sequence INTEGER PRIMARY KEY);
      CREATE TABLE log (head INTEGER NOT NULL, floor INTEGER NOT NULL);
      INSERT INTO log VALUES (0, 0);
      CREATE VIEW event_log AS SELECT head + slow.zero AS head, floor FROM log, (
        SELECT 0 * sum(number) AS zero FROM (
          WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers LIMIT 500000)
          SELECT number FROM numbers
        )
      ) AS slow`);
    const writing = setInterval(() => {
      database.exec(`
        BEGIN; UPDATE log SET head = head + 1; INSERT INTO events (sequence) SELECT head FROM log; COMMIT`);
    }, 1);
    try {
      expect(await findProblems(path)).to.deep.equal([]);
    } finally {
      clearInterval(writing);
      database.close();
    }
  });
});
