/**
 * The store port: everything the gateway remembers.
 *
 * Core asks for tables inside a snapshot or a transaction and never learns which database answers. Work given to the store
 * must only wait for the tables it was handed: waiting for anything else would hold up every other change.
 */

import type { Event } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import type { AccessReader, AccessWriter } from "./access/access-table.ts";
import type { BlobReader, BlobWriter } from "./blob/blob-table.ts";
import type { ChannelReader, ChannelWriter } from "./channel/channel-table.ts";
import type { ConversationReader, ConversationWriter } from "./channel/conversation/conversation-table.ts";
import type { IngressReader, IngressWriter } from "./channel/ingress/ingress-table.ts";
import type { SenderReader, SenderWriter } from "./channel/sender/sender-table.ts";
import type { DeliveryReader, DeliveryWriter } from "./delivery/delivery-table.ts";
import type { EventReader, EventWriter } from "./event/event-table.ts";
import type { MessageReader, MessageWriter } from "./message/message-table.ts";
import type { RequestTable } from "./request-table.ts";
import type { RunReader, RunWriter } from "./run/run-table.ts";
import type { SessionReader, SessionWriter } from "./session/session-table.ts";

/** One consistent view of everything, as of one committed transaction. */
export interface ReadTables {
  readonly sessions: SessionReader;
  readonly messages: MessageReader;
  readonly runs: RunReader;
  readonly events: EventReader;
  readonly access: AccessReader;
  readonly deliveries: DeliveryReader;
  readonly channels: ChannelReader;
  readonly conversations: ConversationReader;
  readonly senders: SenderReader;
  readonly ingress: IngressReader;
  readonly blobs: BlobReader;
}

/** The same view with the changes made so far in this transaction; they become visible to others all at once. */
export interface WriteTables {
  readonly sessions: SessionWriter;
  readonly messages: MessageWriter;
  readonly runs: RunWriter;
  readonly events: EventWriter;
  readonly access: AccessWriter;
  readonly deliveries: DeliveryWriter;
  readonly channels: ChannelWriter;
  readonly conversations: ConversationWriter;
  readonly senders: SenderWriter;
  readonly ingress: IngressWriter;
  readonly blobs: BlobWriter;
  readonly requests: RequestTable;
}

/** A durable, transactional store with one writer: this process. */
export interface Store {
  /** Id of the event log, made with the store; part of every cursor. */
  readonly logId: string;
  /** Why changes are refused (a damaged file), or undefined when they are not. Reads work either way. */
  readonly readOnlyReason: string | undefined;
  /** Runs `work` on one snapshot. Never waits for a transaction. */
  read<T>(work: (tables: ReadTables) => Promise<T>): Promise<T>;
  /**
   * Runs `work` alone and commits what it changed. Resolves when the change is safe on disk (fsync), with what `work`
   * returned. When `work` throws, nothing of it is kept and the error is passed on. Transactions are run in the order they
   * were asked for; ones that wait together share one fsync.
   * Fails with READ_ONLY when the disk is full or the store is damaged.
   */
  transact<T>(work: (tables: WriteTables) => Promise<T>): Promise<T>;
  /** Calls `listener` right after each commit with its events, in log order, before any `transact` of it resolves. */
  onCommit(listener: (events: readonly Event[]) => void): void;
}
