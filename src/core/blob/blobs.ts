/** Blobs: files in and out, uploaded in chunks, kept by their hash, dropped when nobody needs them any more. */

import { create } from "@bufbuild/protobuf";
import { type Attachment, AttachmentSchema } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { KeyedLock } from "../../lib/turns.ts";
import type { AttachmentFiles } from "../channel/channel-ports.ts";
import { invalidField, notFound } from "../errors.ts";
import type { Store } from "../store.ts";
import { hashOf, plainFileName } from "./attachments.ts";
import { blobTooLarge, storageFull } from "./blob-failures.ts";
import type { BlobFiles, KeptFile } from "./blob-files.ts";
import type { BlobRecord } from "./blob-table.ts";

/** Largest blob, in bytes. */
const maxBlobBytes = 100 * 1_048_576;

/** Largest chunk of an upload, in bytes. */
const maxChunkBytes = 1_048_576;

/** What nothing refers to is dropped this long after its last use, and an upload this long after its last chunk. */
const unusedMs = 24 * 60 * 60 * 1_000;

const deletedAtOnce = 100;

/** What blobs are built from. */
export interface BlobsParts {
  readonly store: Store;
  readonly files: BlobFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** Bytes all blobs may take. */
  readonly maxTotalBytes: () => number;
}

/** One chunk of an upload. */
export interface BlobChunk {
  /** "blobs/{sha256}". */
  readonly name: string;
  /** Of the whole blob. */
  readonly sizeBytes: number;
  readonly offset: number;
  readonly chunk: Uint8Array;
}

/** How far an upload is. */
export interface UploadProgress {
  readonly committedBytes: number;
  readonly complete: boolean;
}

/** A blob being read. */
export interface BlobContent {
  readonly record: BlobRecord;
  /** Pieces of at most 64 KiB from the offset asked for. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** The blobs of the gateway. */
export class Blobs implements AttachmentFiles {
  readonly #parts: BlobsParts;
  readonly #locks = new KeyedLock();
  /** Who needs everything to stay. */
  readonly #keepers = new Set<symbol>();
  #collecting: Promise<void> = Promise.resolve();

  constructor(parts: BlobsParts) {
    this.#parts = parts;
  }

  /**
   * Takes one chunk; resolves with how far the upload is, so that a repeated or concurrent chunk does no harm. Fails with
   * FIELD_INVALID (name, offset, the bytes have another hash) and TOO_LARGE.
   */
  upload(chunk: BlobChunk): Promise<UploadProgress> {
    const hash = hashOf(chunk.name, "name");
    checkChunk(chunk);
    return this.#locks.run(hash, () => this.#append(hash, chunk));
  }

  /** Opens a blob. Fails with NOT_FOUND, and FIELD_INVALID for an offset beyond its end. */
  async open(name: string, offset: number): Promise<BlobContent> {
    const hash = hashOf(name, "name");
    const record = await this.#find(hash);
    if (record === undefined) throw notFound(name);
    if (offset < 0 || offset > record.sizeBytes) {
      throw invalidField("offset", `is ${offset}; the blob has ${record.sizeBytes} bytes`);
    }
    return { record, pieces: this.#read(name, hash, offset) };
  }

  /** See `AttachmentFiles`. Fails with TOO_LARGE. */
  async store(
    content: AsyncIterable<Uint8Array>,
    { fileName, maxBytes }: { fileName: string; maxBytes: number },
  ): Promise<Attachment> {
    const limit = Math.min(maxBytes, maxBlobBytes);
    await this.#requireRoom(0);
    // In one turn: whoever drops what nothing refers to must not come between the file and its record.
    const kept = await this.#parts.files.keep(content, limit, (file, place) =>
      this.#locks.run(file.hash, async () => {
        await place();
        await this.#recordPlaced(file);
      }),
    );
    if (kept === undefined) throw blobTooLarge(limit);
    return create(AttachmentSchema, {
      blob: `blobs/${kept.hash}`,
      mediaType: kept.mediaType,
      fileName: plainFileName(fileName),
      sizeBytes: BigInt(kept.sizeBytes),
    });
  }

  /** See `AttachmentFiles`. Fails with NOT_FOUND once it is read. */
  async *read({ blob }: Attachment): AsyncGenerator<Uint8Array> {
    yield* (await this.open(blob, 0)).pieces;
  }

  /** From the moment this resolves nothing is dropped, until what it resolves with is called. */
  async keepAll(): Promise<() => void> {
    const keeper = Symbol("keeper");
    this.#keepers.add(keeper);
    await this.#collecting;
    return () => this.#keepers.delete(keeper);
  }

  /** Drops what nothing refers to any more, unless somebody needs everything to stay. */
  collect(): Promise<void> {
    const collected = this.#collect();
    this.#collecting = collected.catch(() => {});
    return collected;
  }

  async #collect(): Promise<void> {
    const { store, files, clock, log } = this.#parts;
    const beforeMs = clock.nowMs() - unusedMs;
    await files.deleteUnfinished(beforeMs);
    const unused = await store.read(({ blobs }) => blobs.listUnused(beforeMs, deletedAtOnce));
    for (const { hash, sizeBytes } of unused) {
      await this.#locks.run(hash, async () => {
        if (this.#keepers.size > 0) return;
        if (!(await store.transact(({ blobs }) => blobs.deleteUnused(hash, beforeMs)))) return;
        await files.delete(hash);
        log.info({ blob: `blobs/${hash}`, sizeBytes }, "a file nothing refers to was dropped");
      });
    }
  }

  async #append(hash: string, { name, sizeBytes, offset, chunk }: BlobChunk): Promise<UploadProgress> {
    const { files } = this.#parts;
    const whole = await this.#find(hash);
    if (whole !== undefined) {
      await this.#record(whole);
      return { committedBytes: whole.sizeBytes, complete: true };
    }
    const held = await files.heldBytes(hash);
    if (offset > held) throw invalidField("offset", `is ${offset}; the gateway holds ${held} bytes: go on from there`);
    if (offset < held) return { committedBytes: held, complete: false };
    if (held === 0) await this.#requireRoom(sizeBytes);
    await files.append(hash, chunk);
    const committedBytes = held + chunk.length;
    if (committedBytes < sizeBytes) return { committedBytes, complete: false };
    const sealed = await files.seal(hash);
    if (sealed === undefined) throw invalidField("name", `the bytes are not those of ${name}; begin again at offset 0`);
    await this.#recordPlaced(sealed);
    return { committedBytes, complete: true };
  }

  /** The bytes of a blob that is known; somebody may have taken its file away. */
  async *#read(name: string, hash: string, offset: number): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#parts.files.read(hash, offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      this.#parts.log.error({ blob: name }, "the file of a blob is not where it was kept");
      throw notFound(name);
    }
  }

  #find(hash: string): Promise<BlobRecord | undefined> {
    return this.#parts.store.read(({ blobs }) => blobs.find(hash));
  }

  /** A file without a record would be dropped by nobody: it goes when the store does not take its record. */
  async #recordPlaced(file: KeptFile): Promise<void> {
    try {
      await this.#record(file);
    } catch (error) {
      if ((await this.#find(file.hash)) === undefined) await this.#parts.files.delete(file.hash);
      throw error;
    }
  }

  async #record({ hash, sizeBytes, mediaType }: KeptFile): Promise<void> {
    const usedTimeMs = this.#parts.clock.nowMs();
    await this.#parts.store.transact(({ blobs }) => blobs.put({ hash, sizeBytes, mediaType, usedTimeMs }));
  }

  async #requireRoom(bytes: number): Promise<void> {
    const limit = this.#parts.maxTotalBytes();
    const total = await this.#parts.store.read(({ blobs }) => blobs.totalBytes());
    if (total + bytes > limit) throw storageFull(limit);
  }
}

function checkChunk({ sizeBytes, offset, chunk }: BlobChunk): void {
  if (sizeBytes < 0) throw invalidField("size_bytes", `is ${sizeBytes}`);
  if (sizeBytes > maxBlobBytes) throw blobTooLarge(maxBlobBytes);
  if (chunk.length > maxChunkBytes) throw invalidField("chunk", `has ${chunk.length} bytes; at most ${maxChunkBytes}`);
  if (chunk.length === 0 && sizeBytes > 0) throw invalidField("chunk", "is empty");
  if (offset < 0 || offset + chunk.length > sizeBytes) {
    throw invalidField("offset", `${offset} and the chunk's ${chunk.length} bytes go beyond size_bytes ${sizeBytes}`);
  }
}
