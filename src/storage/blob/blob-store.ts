/** Blobs in the database: what is known of them. */

import type { BlobRecord, BlobWriter } from "../../core/blob/blob-table.ts";
import type { Executor } from "../sqlite/connection.ts";
import { type Bindings, statement } from "../sqlite/statement.ts";

/** The blob table inside one transaction or snapshot. */
export class BlobStore implements BlobWriter {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async find(hash: string): Promise<BlobRecord | undefined> {
    return this.#sql.get(findBlob, { hash });
  }

  async totalBytes(): Promise<number> {
    return this.#sql.get(sumBlobs, {})?.total ?? 0;
  }

  async listUnused(beforeMs: number, limit: number): Promise<BlobRecord[]> {
    return this.#sql.all(listUnused, { beforeMs, limit });
  }

  async put(record: BlobRecord): Promise<void> {
    this.#sql.run(putBlob, { ...record });
  }

  async deleteUnused(hash: string, beforeMs: number): Promise<boolean> {
    return this.#sql.run(deleteUnused, { hash, beforeMs }) > 0;
  }
}

const columns = "hash, size_bytes AS sizeBytes, media_type AS mediaType, used_time_ms AS usedTimeMs";
const unused =
  "used_time_ms < :beforeMs AND NOT EXISTS (SELECT 1 FROM blob_references WHERE blob_references.hash = blobs.hash)";

const findBlob = statement<{ hash: string }, BlobRecord>(`SELECT ${columns} FROM blobs WHERE hash = :hash`);

const sumBlobs = statement<Bindings, { readonly total: number }>(
  "SELECT coalesce(sum(size_bytes), 0) AS total FROM blobs",
);

const listUnused = statement<{ beforeMs: number; limit: number }, BlobRecord>(
  `SELECT ${columns} FROM blobs WHERE ${unused} ORDER BY used_time_ms LIMIT +:limit`,
);

type BlobColumns = { [Field in keyof BlobRecord]: BlobRecord[Field] };

const putBlob = statement<BlobColumns>(`
  INSERT INTO blobs (hash, size_bytes, media_type, used_time_ms) VALUES (:hash, :sizeBytes, :mediaType, :usedTimeMs)
  ON CONFLICT (hash) DO UPDATE SET used_time_ms = max(used_time_ms, excluded.used_time_ms)`);

const deleteUnused = statement<{ hash: string; beforeMs: number }>(
  `DELETE FROM blobs WHERE hash = :hash AND ${unused}`,
);
