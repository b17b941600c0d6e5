/** Setup codes on disk. */

import type { SetupCode, SetupCodeTable } from "../../core/access/access-table.ts";
import type { Executor } from "../sqlite/connection.ts";
import { statement } from "../sqlite/statement.ts";

/** The setup codes inside one transaction. */
export class SetupCodeStore implements SetupCodeTable {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async find(digest: Uint8Array): Promise<SetupCode | undefined> {
    const row = this.#sql.get(findCode, { digest });
    if (row === undefined) return undefined;
    const { scopes, grantEndMs, used, ...same } = row;
    return { ...same, scopes: JSON.parse(scopes), grantEndMs: grantEndMs ?? undefined, used: used === 1 };
  }

  async put({ scopes, grantEndMs = undefined, used, ...same }: SetupCode): Promise<void> {
    const columns = { scopes: JSON.stringify(scopes), grantEndMs: grantEndMs ?? null, used: Number(used) };
    this.#sql.run(putCode, { ...same, ...columns });
  }

  async countUsable(nowMs: number): Promise<number> {
    return this.#sql.get(countUsable, { nowMs })?.count ?? 0;
  }

  async deleteOf(creator: string): Promise<void> {
    this.#sql.run(deleteOf, { creator });
  }

  async prune(endedMs: number): Promise<void> {
    this.#sql.run(deleteEnded, { endedMs });
  }
}

type CodeRow = {
  digest: Uint8Array;
  scopes: string;
  expireTimeMs: number;
  grantEndMs: number | null;
  creator: string;
  used: number;
};

const findCode = statement<{ digest: Uint8Array }, CodeRow>(`
  SELECT digest, scopes, expire_time_ms AS expireTimeMs, grant_end_ms AS grantEndMs, creator, used
  FROM setup_codes WHERE digest = :digest`);

const putCode = statement<CodeRow>(`
  INSERT INTO setup_codes (digest, scopes, expire_time_ms, grant_end_ms, creator, used)
  VALUES (:digest, :scopes, :expireTimeMs, :grantEndMs, :creator, :used)
  ON CONFLICT (digest) DO UPDATE SET used = :used`);

const countUsable = statement<{ nowMs: number }, { readonly count: number }>(
  "SELECT count(*) AS count FROM setup_codes WHERE used = 0 AND expire_time_ms > :nowMs",
);

const deleteOf = statement<{ creator: string }>("DELETE FROM setup_codes WHERE creator = :creator AND used = 0");

const deleteEnded = statement<{ endedMs: number }>("DELETE FROM setup_codes WHERE expire_time_ms < :endedMs");
