/** Calls that were done, on disk. */

import type { RequestRecord, RequestTable } from "../core/request-table.ts";
import type { Executor } from "./sqlite/connection.ts";
import { statement } from "./sqlite/statement.ts";

/** The request table inside one transaction. */
export class RequestStore implements RequestTable {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  /** Also finds a record that has expired and was not pruned yet. */
  async find(principal: string, method: string, requestId: string): Promise<RequestRecord | undefined> {
    return this.#sql.get(findRequest, { principal, method, requestId });
  }

  /** Replaces a record of the same call. */
  async insert(record: RequestRecord): Promise<void> {
    this.#sql.run(insertRequest, { ...record });
  }

  async prune(nowMs: number, limit: number): Promise<number> {
    return this.#sql.run(deleteExpired, { nowMs, limit });
  }
}

const findRequest = statement<{ principal: string; method: string; requestId: string }, RequestRecord>(`
  SELECT principal, method, request_id AS requestId, request_hash AS requestHash, response,
    expire_time_ms AS expireTimeMs
  FROM requests WHERE principal = :principal AND method = :method AND request_id = :requestId`);

type RequestColumns = { [Field in keyof RequestRecord]: RequestRecord[Field] };

const insertRequest = statement<RequestColumns>(`
  INSERT INTO requests (principal, method, request_id, request_hash, response, expire_time_ms)
  VALUES (:principal, :method, :requestId, :requestHash, :response, :expireTimeMs)
  ON CONFLICT (principal, method, request_id)
  DO UPDATE SET request_hash = :requestHash, response = :response, expire_time_ms = :expireTimeMs`);

const deleteExpired = statement<{ nowMs: number; limit: number }>(`
  DELETE FROM requests WHERE rowid IN (
    SELECT rowid FROM requests WHERE expire_time_ms <= :nowMs ORDER BY expire_time_ms LIMIT +:limit
  )`);
