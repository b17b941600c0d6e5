/** Looks into the database a gateway left behind. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";

/** Fails unless the database is whole: pages, references, text index, and the event log. No process may have it open. */
export function checkDatabase(home: string): void {
  const database = new DatabaseSync(join(home, "state", "openclaw.db"));
  try {
    const all = (sql: string): unknown[] =>
      database
        .prepare(sql)
        .all()
        .map((row) => Object.values(row));
    expect(all("PRAGMA integrity_check")).to.deep.equal([["ok"]]);
    expect(all("PRAGMA foreign_key_check")).to.deep.equal([]);
    database.exec("INSERT INTO message_text (message_text) VALUES ('integrity-check')");
    const indexed = "SELECT indexed FROM message_text_state";
    const texts = `SELECT count(*) FROM messages WHERE text <> '' AND number <= (${indexed})`;
    expect(all("SELECT count(*) FROM message_text_docsize"), "texts in the index").to.deep.equal(all(texts));
    const [log] = all("SELECT head, floor FROM event_log");
    const [kept] = all("SELECT max(sequence), min(sequence) - 1 FROM events");
    expect(kept, "first and last event").to.deep.equal(log);
    const [gaps] = all("SELECT max(sequence) - min(sequence) + 1 - count(*) FROM events");
    expect(gaps, "events missing in between").to.deep.equal([0]);
    const active = all("SELECT session FROM runs WHERE phase = 0 GROUP BY session HAVING count(*) > 1");
    expect(active, "sessions with two active runs").to.deep.equal([]);
  } finally {
    database.close();
  }
}
