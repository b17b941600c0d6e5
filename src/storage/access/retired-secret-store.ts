/** Secrets that ended, on disk. */

import type { RetiredSecret, RetiredSecretTable } from "../../core/access/access-table.ts";
import type { Executor } from "../sqlite/connection.ts";
import { statement } from "../sqlite/statement.ts";

/** The ended secrets inside one transaction or snapshot. */
export class RetiredSecretStore implements RetiredSecretTable {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async list(limit: number): Promise<RetiredSecret[]> {
    return this.#sql.all(listLatest, { limit }).reverse();
  }

  async put(secret: RetiredSecret): Promise<void> {
    this.#sql.run(putSecret, { ...secret });
  }

  async prune(endedMs: number, limit: number): Promise<void> {
    this.#sql.run(deleteEnded, { endedMs });
    this.#sql.run(deleteAllBut, { limit });
  }
}

const listLatest = statement<{ limit: number }, RetiredSecret>(`
  SELECT digest, why, end_time_ms AS endTimeMs FROM retired_secrets ORDER BY end_time_ms DESC, digest LIMIT +:limit`);

const putSecret = statement<{ [Field in keyof RetiredSecret]: RetiredSecret[Field] }>(`
  INSERT INTO retired_secrets (digest, why, end_time_ms) VALUES (:digest, :why, :endTimeMs)
  ON CONFLICT (digest) DO UPDATE SET why = :why, end_time_ms = :endTimeMs`);

const deleteEnded = statement<{ endedMs: number }>("DELETE FROM retired_secrets WHERE end_time_ms < :endedMs");

const deleteAllBut = statement<{ limit: number }>(`
  DELETE FROM retired_secrets WHERE digest IN (
    SELECT digest FROM retired_secrets ORDER BY end_time_ms DESC, digest LIMIT -1 OFFSET +:limit
  )`);
