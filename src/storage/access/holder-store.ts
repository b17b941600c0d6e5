/** Tokens, devices and pairing requests on disk: each with the digest of the secret that proves to be it. */

import { type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type { Holder, HolderWriter } from "../../core/access/access-table.ts";
import type { Executor } from "../sqlite/connection.ts";
import { type Bindings, statement } from "../sqlite/statement.ts";

/** One of the tables of holders, the message its bodies are, and how it is read and written. */
export interface HolderKind<Schema extends DescMessage> {
  readonly schema: Schema;
  readonly statements: ReturnType<typeof statementsOf>;
}

/** Makes a kind; once a program, not once a transaction. */
export function holderKind<Schema extends DescMessage>(
  table: "tokens" | "devices" | "pairing_requests",
  schema: Schema,
): HolderKind<Schema> {
  return { schema, statements: statementsOf(table) };
}

interface HolderRow {
  readonly digest: Uint8Array | null;
  readonly body: Uint8Array;
}

/** One table of holders inside one transaction or snapshot. */
export class HolderStore<Schema extends DescMessage> implements HolderWriter<MessageShape<Schema>> {
  readonly #sql: Executor;
  readonly #schema: Schema;
  readonly #statements: ReturnType<typeof statementsOf>;

  constructor(sql: Executor, { schema, statements }: HolderKind<Schema>) {
    this.#sql = sql;
    this.#schema = schema;
    this.#statements = statements;
  }

  async find(name: string): Promise<Holder<MessageShape<Schema>> | undefined> {
    return this.#read(this.#sql.get(this.#statements.find, { name }));
  }

  async findByDigest(digest: Uint8Array): Promise<Holder<MessageShape<Schema>> | undefined> {
    return this.#read(this.#sql.get(this.#statements.findByDigest, { digest }));
  }

  async list(after: string, limit: number): Promise<Holder<MessageShape<Schema>>[]> {
    const rows = this.#sql.all(this.#statements.list, { after, limit });
    return rows.flatMap((row) => this.#read(row) ?? []);
  }

  async count(): Promise<number> {
    return this.#sql.get(this.#statements.count, {})?.count ?? 0;
  }

  async put({ resource, digest = undefined }: Holder<MessageShape<Schema>>): Promise<void> {
    const { name } = resource as { readonly name?: unknown };
    if (typeof name !== "string") throw new Error(`${this.#schema.typeName} has no name`);
    this.#sql.run(this.#statements.put, { name, digest: digest ?? null, body: toBinary(this.#schema, resource) });
  }

  async delete(name: string): Promise<void> {
    this.#sql.run(this.#statements.delete, { name });
  }

  #read(row: HolderRow | undefined): Holder<MessageShape<Schema>> | undefined {
    return row && { resource: fromBinary(this.#schema, row.body), digest: row.digest ?? undefined };
  }
}

function statementsOf(table: string) {
  return {
    find: statement<{ name: string }, HolderRow>(`SELECT digest, body FROM ${table} WHERE name = :name`),
    findByDigest: statement<{ digest: Uint8Array }, HolderRow>(
      `SELECT digest, body FROM ${table} WHERE digest = :digest`,
    ),
    list: statement<{ after: string; limit: number }, HolderRow>(
      `SELECT digest, body FROM ${table} WHERE name > :after ORDER BY name LIMIT +:limit`,
    ),
    count: statement<Bindings, { readonly count: number }>(`SELECT count(*) AS count FROM ${table}`),
    put: statement<{ name: string; digest: Uint8Array | null; body: Uint8Array }>(`
      INSERT INTO ${table} (name, digest, body) VALUES (:name, :digest, :body)
      ON CONFLICT (name) DO UPDATE SET digest = :digest, body = :body`),
    delete: statement<{ name: string }>(`DELETE FROM ${table} WHERE name = :name`),
  };
}
