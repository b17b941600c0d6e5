/** What the store remembers of senders: who was admitted, and who asks to be. */

import type { PairingRequest } from "../../../../gen/openclaw/gateway/v1/access_pb.ts";
import type { Sender } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";

/** Which senders, by name. */
export interface SenderQuery {
  /** "channels/{channel}"; absent means all channels. */
  readonly channel?: string;
  /** Only names after this one. */
  readonly afterName?: string;
  readonly limit: number;
}

/** Reads admitted senders. */
export interface SenderReader {
  find(name: string): Promise<Sender | undefined>;
  list(query: SenderQuery): Promise<Sender[]>;
  /** One that was made owner by pairing, if there is any. */
  findOwner(): Promise<Sender | undefined>;
}

/** Changes admitted senders. */
export interface SenderWriter extends SenderReader {
  /** Keeps the sender, new or not. */
  put(sender: Sender): Promise<void>;
  /** Returns false when there was none. */
  delete(name: string): Promise<boolean>;
}

/** A sender that asks to be admitted. */
export interface SenderRequest {
  /** The request as people see it; its subject is the sender. */
  readonly request: PairingRequest;
  /** "channels/{channel}/senders/{sender}". */
  readonly sender: string;
  /** "channels/{channel}/conversations/{conversation}" it was asked in. */
  readonly conversation: string;
  /** When it is given up, ms since the epoch. */
  readonly expireTimeMs: number;
}

/** Reads requests; ones past their time included, until they are deleted. */
export interface SenderRequestReader {
  find(name: string): Promise<SenderRequest | undefined>;
  findBySender(sender: string): Promise<SenderRequest | undefined>;
  /** Oldest first; `channel` absent means all channels. */
  list(channel?: string): Promise<SenderRequest[]>;
}

/** Changes requests. */
export interface SenderRequestWriter extends SenderRequestReader {
  insert(request: SenderRequest): Promise<void>;
  delete(name: string): Promise<void>;
}
