/** What the store remembers of blobs. Who refers to them is kept with messages, deliveries and inbound messages. */

/** A whole blob. */
export interface BlobRecord {
  /** SHA-256 of its bytes, 64 lower-case hexadecimal digits. */
  readonly hash: string;
  readonly sizeBytes: number;
  /** What its bytes say it is. */
  readonly mediaType: string;
  /** When it was last uploaded or referred to, in ms since the epoch. */
  readonly usedTimeMs: number;
}

/** Reads blobs. */
export interface BlobReader {
  find(hash: string): Promise<BlobRecord | undefined>;
  /** Bytes of all of them. */
  totalBytes(): Promise<number>;
  /** Those nothing refers to and that were last used before a moment, at most `limit`. */
  listUnused(beforeMs: number, limit: number): Promise<BlobRecord[]>;
}

/** Changes blobs. */
export interface BlobWriter extends BlobReader {
  /** Keeps it, or the moment of its use when it is there already. */
  put(record: BlobRecord): Promise<void>;
  /** Forgets it unless something refers to it, or it was used at or after that moment; true when it is gone. */
  deleteUnused(hash: string, beforeMs: number): Promise<boolean>;
}
