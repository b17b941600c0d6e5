/** All tables of one transaction or snapshot. */

import { DeliveryStore } from "./delivery/delivery-store.ts";
import { EventStore, type EventStoreOptions } from "./event-store.ts";
import { MessageStore } from "./message-store.ts";
import { RequestStore } from "./request-store.ts";
import { RunStore } from "./run-store.ts";
import { SessionStore } from "./session-store.ts";

/** Makes the tables; they work as long as `sql` does. */
export function openTables(options: EventStoreOptions) {
  const { sql } = options;
  return {
    sessions: new SessionStore(sql),
    messages: new MessageStore(sql),
    runs: new RunStore(sql),
    events: new EventStore(options),
    deliveries: new DeliveryStore(sql),
    requests: new RequestStore(sql),
  };
}
