/** All tables of one transaction or snapshot. */

import { openAccessTables } from "./access/access-tables.ts";
import { BlobStore } from "./blob/blob-store.ts";
import { ChannelStore } from "./channel/channel-store.ts";
import { ConversationStore } from "./channel/conversation-store.ts";
import { IngressStore } from "./channel/ingress-store.ts";
import { SenderStore } from "./channel/sender-store.ts";
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
    access: openAccessTables(sql),
    deliveries: new DeliveryStore(sql),
    channels: new ChannelStore(sql),
    conversations: new ConversationStore(sql),
    senders: new SenderStore(sql),
    ingress: new IngressStore(sql),
    blobs: new BlobStore(sql),
    requests: new RequestStore(sql),
  };
}
