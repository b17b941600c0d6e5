/** Schema 6: messages of ours and of others, found by the network's ids of them. */

import type { Migration } from "../sqlite/migrate.ts";

/** `delivery` is the number of the row in deliveries; a trigger forgets with it. What was sent before schema 6 is not here. */
export const sentMessages: Migration = {
  version: 6,
  apply: (connection) => {
    connection.script(`
      CREATE TABLE sent_messages (
        channel TEXT NOT NULL,
        platform_id TEXT NOT NULL,
        delivery INTEGER NOT NULL,
        PRIMARY KEY (channel, platform_id, delivery)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX sent_messages_of_delivery ON sent_messages (delivery);
      CREATE TRIGGER sent_messages_end AFTER DELETE ON deliveries BEGIN
        DELETE FROM sent_messages WHERE delivery = old.number;
      END;
      CREATE INDEX ingress_by_key ON ingress (channel, key);
    `);
  },
};
