/** Schema 3: channels, conversations, admitted senders, inbound messages. */

import type { Migration } from "../sqlite/migrate.ts";

/** Names are whole resource names; `body` holds the resource as protobuf, other columns what is queried. */
export const channelTables: Migration = {
  version: 3,
  apply: (connection) => {
    for (const table of [channels, conversations, senders, ingress]) connection.script(table);
  },
};

const channels = `
  CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    stopped INTEGER NOT NULL,
    backfill_cursor TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
`;

const conversations = `
  CREATE TABLE conversations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    active_time_ms INTEGER NOT NULL,
    words TEXT NOT NULL, -- address and title in lower case
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX conversations_by_place ON conversations (active_time_ms, name);
  CREATE INDEX conversations_of_channel ON conversations (channel, active_time_ms, name);
`;

const senders = `
  CREATE TABLE senders (
    name TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    owner INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX senders_of_channel ON senders (channel, name);
  CREATE INDEX senders_owning ON senders (name) WHERE owner = 1;
`;

const ingress = `
  CREATE TABLE ingress (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    conversation TEXT NOT NULL,
    key TEXT NOT NULL,
    outcome INTEGER NOT NULL,
    run TEXT, -- NULL when there is none
    transcript_message TEXT, -- NULL when there is none
    waits INTEGER NOT NULL,
    create_time_ms INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (conversation, key)
  ) STRICT;
  CREATE INDEX ingress_of_channel ON ingress (channel, id);
  CREATE INDEX ingress_of_run ON ingress (run, id) WHERE run IS NOT NULL;
  CREATE INDEX ingress_of_message ON ingress (transcript_message) WHERE transcript_message IS NOT NULL;
  CREATE INDEX ingress_waiting ON ingress (conversation, id) WHERE waits = 1;
  CREATE INDEX ingress_by_age ON ingress (create_time_ms);
`;
