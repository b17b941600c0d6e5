/** Schema 1: sessions, messages with their text index, runs, the event log, requests. */

import type { Migration } from "../sqlite/migrate.ts";

/**
 * Resources are kept whole in `body`, as protobuf; other columns hold what is queried. `number` is a row's own integer and
 * never leaves the store. Times are ms since the epoch, booleans 0 and 1, states and kinds the numbers of the contract.
 * Rows of session_labels and message_text follow their tables by triggers, so nothing can forget them.
 */
export const firstTables: Migration = {
  version: 1,
  apply: (connection) => {
    for (const table of [sessions, messages, runs, events, requests]) connection.script(table);
  },
};

const sessions = `
  CREATE TABLE sessions (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    agent TEXT NOT NULL,
    kind INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    pinned INTEGER NOT NULL,
    parent TEXT, -- NULL when there is none
    active_time_ms INTEGER NOT NULL,
    words TEXT NOT NULL, -- name and title in lower case
    labels TEXT NOT NULL, -- a JSON object
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX sessions_by_place ON sessions (archived, pinned, active_time_ms, name);
  CREATE INDEX sessions_by_parent ON sessions (parent, archived, pinned, active_time_ms, name)
    WHERE parent IS NOT NULL;

  CREATE TABLE session_labels (
    session INTEGER NOT NULL REFERENCES sessions (number) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (session, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_labels_by_value ON session_labels (key, value);
  CREATE TRIGGER session_labels_insert AFTER INSERT ON sessions WHEN new.labels <> '{}' BEGIN
    INSERT INTO session_labels (session, key, value) SELECT new.number, key, value FROM json_each(new.labels);
  END;
  CREATE TRIGGER session_labels_update AFTER UPDATE OF labels ON sessions WHEN new.labels <> old.labels BEGIN
    DELETE FROM session_labels WHERE session = new.number;
    INSERT INTO session_labels (session, key, value) SELECT new.number, key, value FROM json_each(new.labels);
  END;
`;

const messages = `
  CREATE TABLE messages (
    number INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (number) ON DELETE CASCADE,
    id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    position INTEGER NOT NULL,
    role INTEGER NOT NULL,
    body BLOB NOT NULL,
    text TEXT NOT NULL, -- what is searched; empty for what is not
    UNIQUE (session, id),
    UNIQUE (session, generation, position)
  ) STRICT;

  CREATE VIRTUAL TABLE message_text USING fts5 (
    text, content = 'messages', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TRIGGER message_text_insert AFTER INSERT ON messages WHEN new.text <> '' BEGIN
    INSERT INTO message_text (rowid, text) VALUES (new.number, new.text);
  END;
  CREATE TRIGGER message_text_delete AFTER DELETE ON messages WHEN old.text <> '' BEGIN
    INSERT INTO message_text (message_text, rowid, text) VALUES ('delete', old.number, old.text);
  END;
  CREATE TRIGGER message_text_update AFTER UPDATE OF text ON messages WHEN new.text <> old.text BEGIN
    INSERT INTO message_text (message_text, rowid, text)
      SELECT 'delete', old.number, old.text WHERE old.text <> '';
    INSERT INTO message_text (rowid, text) SELECT new.number, new.text WHERE new.text <> '';
  END;
`;

const runs = `
  CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (number) ON DELETE CASCADE,
    id TEXT NOT NULL,
    state INTEGER NOT NULL,
    origin INTEGER NOT NULL, -- Run.trigger, a reserved word here
    cause TEXT, -- NULL when there is none
    model TEXT NOT NULL,
    agent TEXT NOT NULL,
    phase INTEGER, -- 0 active, 1 queued, NULL ended
    rank INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    ready_time_ms INTEGER NOT NULL,
    input_bytes INTEGER NOT NULL,
    collecting INTEGER NOT NULL,
    end_time_ms INTEGER,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (session, id)
  ) STRICT;
  CREATE INDEX runs_by_id ON runs (id);
  CREATE INDEX runs_by_cause ON runs (cause, id) WHERE cause IS NOT NULL;
  CREATE INDEX runs_unsuccessful ON runs (state, id) WHERE state >= 5;
  CREATE INDEX runs_unfinished ON runs (phase, session, rank, id) WHERE phase IS NOT NULL;
  CREATE INDEX runs_ended ON runs (end_time_ms, number) WHERE end_time_ms IS NOT NULL;
`;

const events = `
  CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id TEXT NOT NULL,
    head INTEGER NOT NULL, -- sequence of the newest event ever
    floor INTEGER NOT NULL, -- sequence of the newest event dropped
    end_bytes INTEGER NOT NULL -- bytes of all events ever
  ) STRICT;

  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    end_bytes INTEGER NOT NULL, -- bytes of all events ever, up to and with this one
    body BLOB NOT NULL -- without its sequence
  ) STRICT;
`;

const requests = `
  CREATE TABLE requests (
    principal TEXT NOT NULL,
    method TEXT NOT NULL,
    request_id TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    response BLOB NOT NULL,
    expire_time_ms INTEGER NOT NULL,
    PRIMARY KEY (principal, method, request_id)
  ) STRICT;
  CREATE INDEX requests_by_expiry ON requests (expire_time_ms);
`;
