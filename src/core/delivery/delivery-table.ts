/** What the store remembers of deliveries. */

import type { Delivery } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";

/** A delivery with what only the gateway needs to know about it. */
export interface DeliveryRecord {
  /** The delivery as clients see it. */
  readonly delivery: Delivery;
  /** Deliveries of a conversation leave in the order of position, then of chunk. Pieces of one thing share a position. */
  readonly position: number;
  /** What belongs together: when one piece cannot be sent, the later ones are not sent either. */
  readonly batch: string;
  /** What was said of a run's step while the model was still at it. */
  readonly live?: LivePiece;
  /** Preview that this delivery replaces, if it was sent: then its text becomes an edit of it. */
  readonly replaces?: string;
}

/** A piece of an answer that left before the answer was committed. */
export interface LivePiece {
  /** Outputs the run had when it was said: which of its answers this is a piece of. */
  readonly step: number;
  /** A preview is edited until the whole is there; a block stays as it is. */
  readonly kind: "preview" | "block";
  /** UTF-16 units of the answer's text said so far, this piece included, and their SHA-256; 0 and empty for a preview. */
  readonly length: number;
  readonly hash: string;
}

/** Which deliveries, newest first by id. */
export interface DeliveryQuery {
  /** "channels/{channel}"; absent means all channels. */
  readonly channel?: string;
  readonly state?: Delivery["state"];
  readonly run?: string;
  readonly conversation?: string;
  readonly message?: string;
  /** Only deliveries with an id below this. */
  readonly beforeId?: string;
  readonly limit: number;
}

/** Which messages of ours. */
export interface SentQuery {
  readonly channel: string;
  /** The network's id of them. */
  readonly platformId: string;
  /** Absent means in all conversations of the channel. */
  readonly conversation?: string;
  readonly limit: number;
}

/** How much waits. */
export interface Waiting {
  readonly items: number;
  readonly bytes: number;
}

/** Moments before which ended deliveries are forgotten, ms since the epoch. */
export interface DeliveryRetention {
  /** Content of what was sent, expired or discarded. */
  readonly bodiesBeforeMs: number;
  /** Content of what failed or is ambiguous. */
  readonly failuresBeforeMs: number;
  /** Everything. */
  readonly rowsBeforeMs: number;
}

/** Reads deliveries. A delivery waits while it is QUEUED or SENDING. */
export interface DeliveryReader {
  find(name: string): Promise<DeliveryRecord | undefined>;
  list(query: DeliveryQuery): Promise<DeliveryRecord[]>;
  /** The first one of a conversation that waits. */
  findHead(conversation: string): Promise<DeliveryRecord | undefined>;
  /** True when we sent the message of a conversation that the network gave this id. */
  hasSent(conversation: string, platformId: string): Promise<boolean>;
  /** True when something of a conversation waits. */
  hasWaiting(conversation: string): Promise<boolean>;
  /** Conversations in which something waits. */
  listLanes(): Promise<string[]>;
  /** Pieces that belong together, in order, ended ones included. */
  listBatch(batch: string): Promise<DeliveryRecord[]>;
  /** Messages of ours that the network knows by this id, the newest first; several when it counts anew in each conversation. */
  listSent(query: SentQuery): Promise<DeliveryRecord[]>;
  /** What was said of a run's answers while they were written, in order. */
  listLive(run: string): Promise<DeliveryRecord[]>;
  /** What waits in a channel; absent means in all. */
  countWaiting(channel?: string): Promise<Waiting>;
  /** Ones that wait and whose time has passed, at most `limit`. */
  listExpired(nowMs: number, limit: number): Promise<DeliveryRecord[]>;
}

/** Changes deliveries. */
export interface DeliveryWriter extends DeliveryReader {
  insert(record: DeliveryRecord): Promise<void>;
  /** Conversation, run, message, position, batch and live never change. */
  update(record: DeliveryRecord): Promise<void>;
  /** Forgets what is past its time, at most `limit` rows a call; returns how many rows it changed. */
  tidy(retention: DeliveryRetention, limit: number): Promise<number>;
}
