/** Deliveries on disk. */

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import {
  type Delivery,
  DeliverySchema,
  Delivery_State as State,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { channelOf } from "../../core/channel/channel-names.ts";
import type {
  DeliveryQuery,
  DeliveryRecord,
  DeliveryRetention,
  DeliveryWriter,
  LivePiece,
  SentQuery,
  Waiting,
} from "../../core/delivery/delivery-table.ts";
import { alreadyExists, notFound } from "../../core/errors.ts";
import { idOf } from "../../core/names.ts";
import { addBlobReferences } from "../blob/blob-references.ts";
import type { Executor } from "../sqlite/connection.ts";
import { type Bindings, statement } from "../sqlite/statement.ts";

/** The delivery table inside one transaction or snapshot. */
export class DeliveryStore implements DeliveryWriter {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async find(name: string): Promise<DeliveryRecord | undefined> {
    const row = this.#sql.get(findDelivery, { channel: channelOf(name), id: idOf(name) });
    return row && recordOf(row);
  }

  async list(query: DeliveryQuery): Promise<DeliveryRecord[]> {
    const { conditions, input } = conditionsOf(query);
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const sql = `SELECT ${columnNames} FROM deliveries ${where} ORDER BY id DESC LIMIT +:limit`;
    return this.#sql.all(statement<Bindings, Row>(sql), { ...input, limit: query.limit }).map(recordOf);
  }

  async findHead(conversation: string): Promise<DeliveryRecord | undefined> {
    const row = this.#sql.get(findHead, { conversation });
    return row && recordOf(row);
  }

  async hasSent(conversation: string, platformId: string): Promise<boolean> {
    return this.#sql.get(hasSent, { channel: channelOf(conversation), platformId, conversation }) !== undefined;
  }

  async hasWaiting(conversation: string): Promise<boolean> {
    return this.#sql.get(hasWaiting, { conversation }) !== undefined;
  }

  async listLanes(): Promise<string[]> {
    return this.#sql.all(listLanes, {}).map((row) => row.conversation);
  }

  async listBatch(batch: string): Promise<DeliveryRecord[]> {
    return this.#sql.all(listBatch, { batch }).map(recordOf);
  }

  async listSent({ conversation, ...query }: SentQuery): Promise<DeliveryRecord[]> {
    return this.#sql.all(listSent, { ...query, conversation: conversation ?? null }).map(recordOf);
  }

  async listLive(run: string): Promise<DeliveryRecord[]> {
    return this.#sql.all(listLive, { run }).map(recordOf);
  }

  async countWaiting(channel?: string): Promise<Waiting> {
    const waiting =
      channel === undefined ? this.#sql.get(countWaiting, {}) : this.#sql.get(countWaitingIn, { channel });
    return { items: waiting?.items ?? 0, bytes: waiting?.bytes ?? 0 };
  }

  async listExpired(nowMs: number, limit: number): Promise<DeliveryRecord[]> {
    return this.#sql.all(listExpired, { nowMs, limit }).map(recordOf);
  }

  async insert(record: DeliveryRecord): Promise<void> {
    const { name, action } = record.delivery;
    if (this.#sql.run(insertDelivery, columns(record)) === 0) throw alreadyExists(name);
    const file = action?.kind.case === "message" ? action.kind.value.attachment : undefined;
    const owner = { kind: "delivery", parent: channelOf(name), id: idOf(name) } as const;
    addBlobReferences(this.#sql, owner, file === undefined ? [] : [file]);
    this.#noteSent(record.delivery);
  }

  async update(record: DeliveryRecord): Promise<void> {
    const { delivery } = record;
    if (this.#sql.run(updateDelivery, changingColumns(record)) === 0) throw notFound(delivery.name);
    this.#noteSent(delivery);
  }

  async tidy(retention: DeliveryRetention, limit: number): Promise<number> {
    const { bodiesBeforeMs, failuresBeforeMs, rowsBeforeMs } = retention;
    const dropped = this.#sql.run(dropOld, { beforeMs: rowsBeforeMs, limit });
    const [failed, ambiguous] = [State.FAILED, State.AMBIGUOUS];
    const past = this.#sql.all(listPast, { bodiesBeforeMs, failuresBeforeMs, failed, ambiguous, limit });
    for (const row of past) {
      const { action: _, ...receipt } = fromBinary(DeliverySchema, row.body);
      this.#sql.run(forgetBody, { number: row.number, body: toBinary(DeliverySchema, receipt) });
    }
    return dropped + past.length;
  }

  #noteSent({ name, action, platformIds }: Delivery): void {
    if (action?.kind.case !== "message" && action?.kind.case !== "poll") return;
    const [channel, id] = [channelOf(name), idOf(name)];
    for (const platformId of platformIds) this.#sql.run(noteSent, { channel, platformId, id });
  }
}

const columnNames = "position, batch, live, replaces, body";

interface Row {
  readonly position: number;
  readonly batch: string;
  readonly live: string | null;
  readonly replaces: string | null;
  readonly body: Uint8Array;
}

const findDelivery = statement<{ channel: string; id: string }, Row>(
  `SELECT ${columnNames} FROM deliveries WHERE channel = :channel AND id = :id`,
);

const findHead = statement<{ conversation: string }, Row>(`
  SELECT ${columnNames} FROM deliveries
  WHERE phase = 0 AND conversation = :conversation
  ORDER BY position, chunk
  LIMIT 1`);

const hasSent = statement<{ channel: string; platformId: string; conversation: string }, { readonly sent: number }>(`
  SELECT 1 AS sent FROM sent_messages CROSS JOIN deliveries ON number = delivery
  WHERE sent_messages.channel = :channel AND platform_id = :platformId AND conversation = :conversation
  LIMIT 1`);

const hasWaiting = statement<{ conversation: string }, { readonly waits: number }>(
  "SELECT 1 AS waits FROM deliveries WHERE phase = 0 AND conversation = :conversation LIMIT 1",
);

const listLanes = statement<Record<string, never>, { readonly conversation: string }>(
  "SELECT DISTINCT conversation FROM deliveries WHERE phase = 0",
);

const listBatch = statement<{ batch: string }, Row>(
  `SELECT ${columnNames} FROM deliveries WHERE batch = :batch ORDER BY position, chunk`,
);

type Sent = { channel: string; platformId: string; conversation: string | null; limit: number };
const listSent = statement<Sent, Row>(`
  SELECT ${columnNames} FROM deliveries
  WHERE number IN (SELECT delivery FROM sent_messages WHERE channel = :channel AND platform_id = :platformId)
    AND (:conversation IS NULL OR conversation = :conversation)
  ORDER BY id DESC LIMIT +:limit`);

const noteSent = statement<{ channel: string; platformId: string; id: string }>(`
  INSERT INTO sent_messages (channel, platform_id, delivery)
  SELECT channel, :platformId, number FROM deliveries WHERE channel = :channel AND id = :id
  ON CONFLICT DO NOTHING`);

const listLive = statement<{ run: string }, Row>(
  `SELECT ${columnNames} FROM deliveries WHERE run = :run AND live IS NOT NULL ORDER BY position, chunk`,
);

const waiting = "SELECT count(*) AS items, coalesce(sum(length(body)), 0) AS bytes FROM deliveries WHERE phase = 0";
const countWaiting = statement<Record<string, never>, Waiting>(waiting);
const countWaitingIn = statement<{ channel: string }, Waiting>(`${waiting} AND channel = :channel`);

const listExpired = statement<{ nowMs: number; limit: number }, Row>(`
  SELECT ${columnNames} FROM deliveries
  WHERE phase = 0 AND expire_time_ms <= :nowMs
  LIMIT +:limit`);

const insertDelivery = statement<Columns>(`
  INSERT INTO deliveries (channel, id, conversation, position, chunk, state, phase, kept, run, message, batch, live,
    replaces, expire_time_ms, end_time_ms, body)
  VALUES (:channel, :id, :conversation, :position, :chunk, :state, :phase, :kept, :run, :message, :batch, :live,
    :replaces, :expireTimeMs, :endTimeMs, :body)
  ON CONFLICT (channel, id) DO NOTHING`);

/** Only what changes: SQLite writes every index anew that has a column which is set, to the same value too. */
const updateDelivery = statement<ChangingColumns>(`
  UPDATE deliveries
  SET chunk = :chunk, state = :state, phase = :phase, kept = :kept, replaces = :replaces,
    expire_time_ms = :expireTimeMs, end_time_ms = :endTimeMs, body = :body
  WHERE channel = :channel AND id = :id`);

const dropOld = statement<{ beforeMs: number; limit: number }>(`
  DELETE FROM deliveries WHERE number IN (
    SELECT number FROM deliveries WHERE kept IN (0, 1) AND end_time_ms < :beforeMs LIMIT +:limit
  )`);

type Past = { bodiesBeforeMs: number; failuresBeforeMs: number; failed: number; ambiguous: number; limit: number };
const listPast = statement<Past, { readonly number: number; readonly body: Uint8Array }>(`
  SELECT number, body FROM deliveries
  WHERE kept = 1 AND end_time_ms < :bodiesBeforeMs
    AND (state NOT IN (:failed, :ambiguous) OR end_time_ms < :failuresBeforeMs)
  LIMIT +:limit`);

const forgetBody = statement<{ number: number; body: Uint8Array }>(
  "UPDATE deliveries SET kept = 0, body = :body WHERE number = :number",
);

type Columns = ReturnType<typeof columns>;
type ChangingColumns = ReturnType<typeof changingColumns>;

function columns(record: DeliveryRecord) {
  const { delivery, position, batch, live } = record;
  return {
    ...changingColumns(record),
    conversation: delivery.conversation,
    position,
    run: delivery.run || null,
    message: delivery.message || null,
    batch,
    live: live === undefined ? null : JSON.stringify(live),
  };
}

/** Its key, and what may change: where it goes, whose answer it is and its place among the others never do. */
function changingColumns({ delivery, replaces }: DeliveryRecord) {
  return {
    channel: channelOf(delivery.name),
    id: idOf(delivery.name),
    chunk: delivery.chunk,
    state: delivery.state as number,
    phase: isWaiting(delivery) ? 0 : null,
    kept: Number(delivery.action !== undefined),
    replaces: replaces ?? null,
    expireTimeMs: delivery.expireTime === undefined ? 0 : timestampMs(delivery.expireTime),
    endTimeMs: delivery.endTime === undefined ? null : timestampMs(delivery.endTime),
    body: toBinary(DeliverySchema, delivery),
  };
}

function isWaiting({ state }: Delivery): boolean {
  return state === State.QUEUED || state === State.SENDING;
}

function recordOf(row: Row): DeliveryRecord {
  const record = { delivery: fromBinary(DeliverySchema, row.body), position: row.position, batch: row.batch };
  return {
    ...record,
    ...(row.live === null ? {} : { live: JSON.parse(row.live) as LivePiece }),
    ...(row.replaces === null ? {} : { replaces: row.replaces }),
  };
}

function conditionsOf(query: DeliveryQuery): { conditions: string[]; input: Bindings } {
  const { limit: _, beforeId, ...fields } = query;
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const conditions = given.map(([field]) => `${field} = :${field}`);
  const input: Bindings = Object.fromEntries(given);
  if (beforeId === undefined) return { conditions, input };
  return { conditions: [...conditions, "id < :beforeId"], input: { ...input, beforeId } };
}
