/** The port to the bytes of blobs: whole ones, and those still being uploaded. */

/** What was kept. */
export interface KeptFile {
  readonly hash: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
}

/** Decides when a file that was read whole is put in its place: `place` does it. */
export type TakeFile = (file: KeptFile, place: () => Promise<void>) => Promise<void>;

/** Bytes by their SHA-256. Calls about one hash must not overlap. */
export interface BlobFiles {
  /** Bytes held of a blob that is not whole yet. */
  heldBytes(hash: string): Promise<number>;
  /** Adds a chunk at the end of what is held. */
  append(hash: string, chunk: Uint8Array): Promise<void>;
  /**
   * Makes what is held whole, safe on disk. Undefined, and nothing is held any more, when the bytes do not have the hash.
   */
  seal(hash: string): Promise<KeptFile | undefined>;
  /**
   * Keeps a content whose hash is not known before. Undefined when it is longer than `maxBytes`. `take` is told what it is and
   * has it put in its place once nobody else is at that hash.
   */
  keep(content: AsyncIterable<Uint8Array>, maxBytes: number, take: TakeFile): Promise<KeptFile | undefined>;
  /** Pieces of at most 64 KiB of a whole blob, from `offset`. Rejects when it is not there. */
  read(hash: string, offset: number): AsyncIterable<Uint8Array>;
  /** Removes a whole blob; one that is not there is fine. */
  delete(hash: string): Promise<void>;
  /** Removes uploads nobody went on with since that moment, ms since the epoch. */
  deleteUnfinished(beforeMs: number): Promise<void>;
}
