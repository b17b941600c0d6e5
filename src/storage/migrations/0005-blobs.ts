/** Schema 5: blobs, and what refers to them. */

import type { Migration } from "../sqlite/migrate.ts";

/** References go with the message, delivery or inbound message that made them. */
export const blobTables: Migration = {
  version: 5,
  apply: (connection) => {
    connection.script(`
      CREATE TABLE blobs (
        hash TEXT PRIMARY KEY,
        size_bytes INTEGER NOT NULL,
        media_type TEXT NOT NULL,
        used_time_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX blobs_by_use ON blobs (used_time_ms);

      CREATE TABLE blob_references (
        number INTEGER PRIMARY KEY,
        hash TEXT NOT NULL REFERENCES blobs (hash),
        message INTEGER REFERENCES messages (number) ON DELETE CASCADE,
        delivery INTEGER REFERENCES deliveries (number) ON DELETE CASCADE,
        ingress INTEGER REFERENCES ingress (number) ON DELETE CASCADE
      ) STRICT;
      CREATE INDEX blob_references_by_hash ON blob_references (hash);
      CREATE INDEX blob_references_by_message ON blob_references (message) WHERE message IS NOT NULL;
      CREATE INDEX blob_references_by_delivery ON blob_references (delivery) WHERE delivery IS NOT NULL;
      CREATE INDEX blob_references_by_ingress ON blob_references (ingress) WHERE ingress IS NOT NULL;

      CREATE TRIGGER blob_references_forgotten AFTER UPDATE OF kept ON deliveries WHEN new.kept = 0 BEGIN
        DELETE FROM blob_references WHERE delivery = new.number;
      END;
    `);
  },
};
