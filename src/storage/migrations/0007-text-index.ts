/** Schema 7: texts are indexed some time after they were written, many at a time. */

import type { Migration } from "../sqlite/migrate.ts";

/**
 * An index entry of its own for every message takes a third of what a message takes to write. Messages up to the number in
 * `message_text_state` are in the index, and follow their table by triggers, also one that takes the number of a deleted one.
 */
export const textIndex: Migration = {
  version: 7,
  apply: (connection) => {
    connection.script(`
      CREATE TABLE message_text_state (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        indexed INTEGER NOT NULL
      ) STRICT;
      INSERT INTO message_text_state SELECT 1, coalesce(max(number), 0) FROM messages;

      DROP TRIGGER message_text_insert;
      DROP TRIGGER message_text_delete;
      DROP TRIGGER message_text_update;
      CREATE TRIGGER message_text_insert AFTER INSERT ON messages
        WHEN new.number <= (SELECT indexed FROM message_text_state) AND new.text <> '' BEGIN
        INSERT INTO message_text (rowid, text) VALUES (new.number, new.text);
      END;
      CREATE TRIGGER message_text_delete AFTER DELETE ON messages
        WHEN old.number <= (SELECT indexed FROM message_text_state) AND old.text <> '' BEGIN
        INSERT INTO message_text (message_text, rowid, text) VALUES ('delete', old.number, old.text);
      END;
      CREATE TRIGGER message_text_update AFTER UPDATE OF text ON messages
        WHEN old.number <= (SELECT indexed FROM message_text_state) AND new.text <> old.text BEGIN
        INSERT INTO message_text (message_text, rowid, text)
          SELECT 'delete', old.number, old.text WHERE old.text <> '';
        INSERT INTO message_text (rowid, text) SELECT new.number, new.text WHERE new.text <> '';
      END;
    `);
  },
};
