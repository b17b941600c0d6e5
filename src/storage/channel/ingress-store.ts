/** Inbound messages on disk. */

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Ingress, IngressSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { channelOf } from "../../core/channel/channel-names.ts";
import type {
  IngressQuery,
  IngressRecord,
  IngressRetention,
  IngressWriter,
} from "../../core/channel/ingress/ingress-table.ts";
import { alreadyExists, notFound } from "../../core/errors.ts";
import { idOf } from "../../core/names.ts";
import { addBlobReferences } from "../blob/blob-references.ts";
import type { Executor } from "../sqlite/connection.ts";
import { type Bindings, type BodyRow, statement } from "../sqlite/statement.ts";

/** Messages that stop waiting in one call: more than one can only wait too much when a limit was lowered. */
const trimmedAtOnce = 100;

/** The table of inbound messages inside one transaction or snapshot. */
export class IngressStore implements IngressWriter {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async find(name: string): Promise<IngressRecord | undefined> {
    const row = this.#sql.get(findIngress, { id: idOf(name), channel: channelOf(name) });
    return row && recordOf(row);
  }

  async findByKey(conversation: string, key: string): Promise<IngressRecord | undefined> {
    const row = this.#sql.get(findByKey, { conversation, key });
    return row && recordOf(row);
  }

  async listByKey(channel: string, key: string, limit: number): Promise<Ingress[]> {
    return this.#sql.all(listByKey, { channel, key, limit }).map(ingressOf);
  }

  async list(query: IngressQuery): Promise<Ingress[]> {
    const { where, input } = conditionsOf(query);
    const list = statement<Bindings, BodyRow>(`SELECT body FROM ingress ${where} ORDER BY id DESC LIMIT +:limit`);
    return this.#sql.all(list, { ...input, limit: query.limit }).map(ingressOf);
  }

  async listWaiting(conversation: string, limit: number): Promise<Ingress[]> {
    return this.#sql.all(listWaiting, { conversation, limit }).map(ingressOf).reverse();
  }

  async insert(record: IngressRecord): Promise<void> {
    const { name, message } = record.ingress;
    if (this.#sql.run(insertIngress, columns(record)) === 0) throw alreadyExists(name);
    const owner = { kind: "ingress", parent: channelOf(name), id: idOf(name) } as const;
    addBlobReferences(this.#sql, owner, message?.attachments ?? []);
  }

  async update(record: IngressRecord): Promise<void> {
    if (this.#sql.run(updateIngress, columns(record)) === 0) throw notFound(record.ingress.name);
  }

  async trimWaiting(conversation: string, limit: number): Promise<void> {
    this.#sql.run(trimWaiting, { conversation, limit, atOnce: trimmedAtOnce });
  }

  async clearWaiting(conversation: string): Promise<void> {
    this.#sql.run(clearWaiting, { conversation });
  }

  async prune({ maxAgeMs, maxRows }: IngressRetention, nowMs: number, limit: number): Promise<number> {
    const late = this.#sql.run(dropLate, { beforeMs: nowMs - maxAgeMs, limit });
    if (late === limit) return late;
    return late + this.#sql.run(dropExcess, { maxRows, limit: limit - late });
  }
}

interface IngressRow extends BodyRow {
  readonly key: string;
  readonly waits: number;
}

function ingressOf({ body }: BodyRow): Ingress {
  return fromBinary(IngressSchema, body);
}

function recordOf(row: IngressRow): IngressRecord {
  return { ingress: ingressOf(row), key: row.key, waits: row.waits === 1 };
}

function conditionsOf(query: IngressQuery): { where: string; input: Bindings } {
  const input: Bindings = {};
  const conditions: string[] = [];
  const { channel, conversation, outcome, run, transcriptMessage: message, beforeId } = query;
  for (const [column, value] of Object.entries({ channel, conversation, outcome, run, transcript_message: message })) {
    if (value === undefined) continue;
    conditions.push(`${column} = :${column}`);
    input[column] = value;
  }
  if (beforeId !== undefined) {
    conditions.push("id < :beforeId");
    input.beforeId = beforeId;
  }
  return { where: conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`, input };
}

type IngressColumns = ReturnType<typeof columns>;

function columns({ ingress, key, waits }: IngressRecord) {
  return {
    id: idOf(ingress.name),
    channel: channelOf(ingress.name),
    conversation: ingress.conversation,
    key,
    outcome: ingress.outcome as number,
    run: ingress.run || null,
    transcriptMessage: ingress.transcriptMessage || null,
    waits: Number(waits),
    createTimeMs: ingress.createTime === undefined ? 0 : timestampMs(ingress.createTime),
    body: toBinary(IngressSchema, ingress),
  };
}

const findIngress = statement<{ id: string; channel: string }, IngressRow>(
  "SELECT body, key, waits FROM ingress WHERE id = :id AND channel = :channel",
);
const findByKey = statement<{ conversation: string; key: string }, IngressRow>(
  "SELECT body, key, waits FROM ingress WHERE conversation = :conversation AND key = :key",
);
const listByKey = statement<{ channel: string; key: string; limit: number }, BodyRow>(
  "SELECT body FROM ingress WHERE channel = :channel AND key = :key ORDER BY id DESC LIMIT +:limit",
);
const listWaiting = statement<{ conversation: string; limit: number }, BodyRow>(`
  SELECT body FROM ingress WHERE conversation = :conversation AND waits = 1 ORDER BY id DESC LIMIT +:limit`);

const insertIngress = statement<IngressColumns>(`
  INSERT INTO ingress
    (id, channel, conversation, key, outcome, run, transcript_message, waits, create_time_ms, body)
  VALUES
    (:id, :channel, :conversation, :key, :outcome, :run, :transcriptMessage, :waits, :createTimeMs, :body)
  ON CONFLICT DO NOTHING`);

const updateIngress = statement<IngressColumns>(`
  UPDATE ingress
  SET channel = :channel, conversation = :conversation, key = :key, outcome = :outcome, run = :run,
    transcript_message = :transcriptMessage, waits = :waits, create_time_ms = :createTimeMs, body = :body
  WHERE id = :id`);

const trimWaiting = statement<{ conversation: string; limit: number; atOnce: number }>(`
  UPDATE ingress SET waits = 0 WHERE number IN (
    SELECT number FROM ingress WHERE conversation = :conversation AND waits = 1 ORDER BY id DESC
    LIMIT +:atOnce OFFSET +:limit
  )`);

const clearWaiting = statement<{ conversation: string }>(
  "UPDATE ingress SET waits = 0 WHERE conversation = :conversation AND waits = 1",
);

const dropLate = statement<{ beforeMs: number; limit: number }>(`
  DELETE FROM ingress WHERE number IN (
    SELECT number FROM ingress WHERE create_time_ms < :beforeMs ORDER BY create_time_ms LIMIT +:limit
  )`);

const dropExcess = statement<{ maxRows: number; limit: number }>(`
  DELETE FROM ingress WHERE number IN (
    SELECT number FROM ingress WHERE number <= (SELECT max(number) FROM ingress) - :maxRows
    ORDER BY number LIMIT +:limit
  )`);
