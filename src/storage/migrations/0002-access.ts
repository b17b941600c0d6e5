/** Schema 2: named tokens, paired devices, pairing requests, setup codes, and secrets that ended. */

import type { Migration } from "../sqlite/migrate.ts";

/**
 * Of a secret only the SHA-256 is kept, in `digest`. Resources are kept whole in `body`, as protobuf. Times are ms since the
 * epoch.
 */
export const access: Migration = {
  version: 2,
  apply: (connection) => {
    for (const table of ["tokens", "devices", "pairing_requests"]) connection.script(holders(table));
    connection.script(setupCodes);
    connection.script(retiredSecrets);
  },
};

function holders(table: string): string {
  return `
  CREATE TABLE ${table} (
    name TEXT PRIMARY KEY,
    digest BLOB UNIQUE, -- NULL when there is nothing to prove
    body BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;`;
}

const setupCodes = `
  CREATE TABLE setup_codes (
    digest BLOB PRIMARY KEY,
    scopes TEXT NOT NULL, -- numbers, as JSON
    expire_time_ms INTEGER NOT NULL,
    grant_end_ms INTEGER, -- NULL: never
    creator TEXT NOT NULL,
    used INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;`;

const retiredSecrets = `
  CREATE TABLE retired_secrets (
    digest BLOB PRIMARY KEY,
    why TEXT NOT NULL,
    end_time_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX retired_secrets_by_end ON retired_secrets (end_time_ms);`;
