/** Schema 4: deliveries. */

import type { Migration } from "../sqlite/migrate.ts";

/** `phase` is 0 for what waits and NULL for what has ended; `kept` is 0 when the content of `body` was forgotten. */
export const deliveries: Migration = {
  version: 4,
  apply: (connection) => {
    connection.script(`
      CREATE TABLE deliveries (
        number INTEGER PRIMARY KEY,
        channel TEXT NOT NULL,
        id TEXT NOT NULL,
        conversation TEXT NOT NULL,
        position INTEGER NOT NULL,
        chunk INTEGER NOT NULL,
        state INTEGER NOT NULL,
        phase INTEGER,
        kept INTEGER NOT NULL,
        run TEXT, -- NULL when there is none
        message TEXT, -- NULL when there is none
        batch TEXT NOT NULL,
        live TEXT, -- a JSON object; NULL unless it was said before its answer was committed
        replaces TEXT, -- NULL when there is none
        expire_time_ms INTEGER NOT NULL,
        end_time_ms INTEGER, -- NULL while it waits
        body BLOB NOT NULL,
        UNIQUE (channel, id)
      ) STRICT;
      CREATE INDEX deliveries_by_id ON deliveries (id);
      CREATE INDEX deliveries_by_state ON deliveries (state, id);
      CREATE INDEX deliveries_by_run ON deliveries (run, id) WHERE run IS NOT NULL;
      CREATE INDEX deliveries_by_message ON deliveries (message, id) WHERE message IS NOT NULL;
      CREATE INDEX deliveries_by_conversation ON deliveries (conversation, id);
      CREATE INDEX deliveries_by_batch ON deliveries (batch, position, chunk);
      CREATE INDEX deliveries_waiting ON deliveries (phase, conversation, position, chunk) WHERE phase IS NOT NULL;
      CREATE INDEX deliveries_in_channel ON deliveries (phase, channel, length(body)) WHERE phase IS NOT NULL;
      CREATE INDEX deliveries_ended ON deliveries (kept, end_time_ms) WHERE end_time_ms IS NOT NULL;
    `);
  },
};
