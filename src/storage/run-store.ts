/** Runs on disk. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Run, RunSchema, Run_State as State } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { alreadyExists, notFound } from "../core/errors.ts";
import { idOf, sessionOf } from "../core/names.ts";
import type { RunQuery, RunRecord, RunUsage, RunWriter } from "../core/run/run-table.ts";
import type { Executor } from "./sqlite/connection.ts";
import { type Bindings, statement } from "./sqlite/statement.ts";

/** Rows of usage read before the rest of the process gets its turn. */
const usageChunk = 500;

/** The run table inside one transaction or snapshot. */
export class RunStore implements RunWriter {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async find(name: string): Promise<RunRecord | undefined> {
    const row = this.#sql.get(findRun, { session: sessionOf(name), id: idOf(name) });
    return row && recordOf(row);
  }

  async list(query: RunQuery): Promise<RunRecord[]> {
    const { conditions, input } = conditionsOf(query);
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const list = statement<Bindings, RunRow>(`SELECT ${columnNames} FROM runs ${where} ORDER BY id DESC LIMIT +:limit`);
    return this.#sql.all(list, { ...input, limit: query.limit }).map(recordOf);
  }

  async findActive(session: string): Promise<RunRecord | undefined> {
    const row = this.#sql.get(findActiveRun, { session });
    return row && recordOf(row);
  }

  async listQueued(session: string): Promise<RunRecord[]> {
    return this.#sql.all(listQueuedRuns, { session }).map(recordOf);
  }

  async listUnfinished(): Promise<RunRecord[]> {
    return this.#sql.all(listUnfinishedRuns, {}).map(recordOf);
  }

  async count(): Promise<{ active: number; queued: number }> {
    return { active: 0, queued: 0, ...this.#sql.get(countRuns, {}) };
  }

  async eachUsage(startMs: number, endMs: number, row: (usage: RunUsage) => void): Promise<void> {
    let after = { endTimeMs: startMs, number: Number.MIN_SAFE_INTEGER };
    for (;;) {
      const rows = this.#sql.all(listUsage, { ...after, endMs, limit: usageChunk });
      for (const usage of rows) row(usage);
      const last = rows.at(-1);
      if (last === undefined || rows.length < usageChunk) return;
      after = { endTimeMs: last.endTimeMs, number: last.number };
      await nextTurn();
    }
  }

  async insert(record: RunRecord): Promise<void> {
    if (this.#sql.run(insertRun, columns(record)) === 0) throw alreadyExists(record.run.name);
  }

  async update(record: RunRecord): Promise<void> {
    if (this.#sql.run(updateRun, columns(record)) === 0) throw notFound(record.run.name);
  }
}

const sessionNumber = "(SELECT number FROM sessions WHERE name = :session)";
const columnNames = "epoch, rank, ready_time_ms, input_bytes, collecting, body";

interface RunRow {
  readonly epoch: number;
  readonly rank: number;
  readonly ready_time_ms: number;
  readonly input_bytes: number;
  readonly collecting: number;
  readonly body: Uint8Array;
}

const findRun = statement<{ session: string; id: string }, RunRow>(
  `SELECT ${columnNames} FROM runs WHERE session = ${sessionNumber} AND id = :id`,
);

const findActiveRun = statement<{ session: string }, RunRow>(
  `SELECT ${columnNames} FROM runs WHERE phase = 0 AND session = ${sessionNumber}`,
);

const listQueuedRuns = statement<{ session: string }, RunRow>(
  `SELECT ${columnNames} FROM runs WHERE phase = 1 AND session = ${sessionNumber} ORDER BY rank, id`,
);

const listUnfinishedRuns = statement<Record<string, never>, RunRow>(
  `SELECT ${columnNames} FROM runs WHERE phase >= 0 ORDER BY phase, id`,
);

const countRuns = statement<Record<string, never>, { readonly active: number; readonly queued: number }>(
  `SELECT count(*) FILTER (WHERE phase = 0) AS active, count(*) FILTER (WHERE phase = 1) AS queued
  FROM runs WHERE phase >= 0`,
);

type UsagePage = { endTimeMs: number; number: number; endMs: number; limit: number };
const listUsage = statement<UsagePage, RunUsage & { readonly number: number }>(`
  SELECT runs.number, end_time_ms AS endTimeMs, model, runs.agent, sessions.name AS session,
    input_tokens AS inputTokens, output_tokens AS outputTokens, cached_tokens AS cachedTokens
  FROM runs JOIN sessions ON sessions.number = runs.session
  WHERE (end_time_ms, runs.number) > (:endTimeMs, :number) AND end_time_ms < :endMs
  ORDER BY end_time_ms, runs.number
  LIMIT +:limit`);

const insertRun = statement<RunColumns>(`
  INSERT INTO runs (session, id, state, origin, cause, model, agent, phase, rank, epoch, ready_time_ms, input_bytes,
    collecting, end_time_ms, input_tokens, output_tokens, cached_tokens, body)
  VALUES (${sessionNumber}, :id, :state, :origin, :cause, :model, :agent, :phase, :rank, :epoch, :readyTimeMs,
    :inputBytes, :collecting, :endTimeMs, :inputTokens, :outputTokens, :cachedTokens, :body)
  ON CONFLICT (session, id) DO NOTHING`);

const updateRun = statement<RunColumns>(`
  UPDATE runs
  SET state = :state, origin = :origin, cause = :cause, model = :model, agent = :agent, phase = :phase, rank = :rank,
    epoch = :epoch, ready_time_ms = :readyTimeMs, input_bytes = :inputBytes, collecting = :collecting,
    end_time_ms = :endTimeMs, input_tokens = :inputTokens, output_tokens = :outputTokens,
    cached_tokens = :cachedTokens, body = :body
  WHERE session = ${sessionNumber} AND id = :id`);

type RunColumns = ReturnType<typeof columns>;

function columns({ run, ...record }: RunRecord) {
  return {
    session: sessionOf(run.name),
    id: idOf(run.name),
    state: run.state as number,
    origin: run.trigger as number,
    cause: run.cause || null,
    model: run.model,
    agent: run.agent,
    phase: phaseOf(run.state),
    rank: record.rank,
    epoch: record.epoch,
    readyTimeMs: record.readyTimeMs,
    inputBytes: record.inputBytes,
    collecting: Number(record.collecting),
    endTimeMs: run.endTime === undefined ? null : timestampMs(run.endTime),
    inputTokens: run.usage?.inputTokens ?? 0,
    outputTokens: run.usage?.outputTokens ?? 0,
    cachedTokens: run.usage?.cachedTokens ?? 0,
    body: toBinary(RunSchema, run),
  };
}

function recordOf(row: RunRow): RunRecord {
  return {
    run: fromBinary(RunSchema, row.body),
    epoch: row.epoch,
    rank: row.rank,
    readyTimeMs: row.ready_time_ms,
    inputBytes: row.input_bytes,
    collecting: row.collecting === 1,
  };
}

/** 0 active, 1 queued, null ended. */
function phaseOf(state: Run["state"]): number | null {
  if (state === State.RUNNING || state === State.BLOCKED) return 0;
  return state === State.QUEUED ? 1 : null;
}

function conditionsOf(query: RunQuery): { conditions: string[]; input: Bindings } {
  const conditions: string[] = [];
  const input: Bindings = {};
  const require = (condition: string, values: Bindings) => {
    conditions.push(condition);
    Object.assign(input, values);
  };
  const phase = query.state === undefined ? null : phaseOf(query.state);
  if (query.session !== undefined) require(`session = ${sessionNumber}`, { session: query.session });
  if (query.state !== undefined) require("state = :state", { state: query.state });
  // These say the same again, in the words of the indexes that hold only the few runs that have not ended, or ended badly.
  if (phase !== null) require("phase = :phase", { phase });
  if (query.state === State.FAILED || query.state === State.CANCELLED) require("state >= 5", {});
  if (query.trigger !== undefined) require("origin = :origin", { origin: query.trigger });
  if (query.cause !== undefined) require("cause = :cause", { cause: query.cause });
  if (query.model !== undefined) require("model = :model", { model: query.model });
  if (query.agent !== undefined) require("agent = :agent", { agent: query.agent });
  if (query.beforeId !== undefined) require("id < :beforeId", { beforeId: query.beforeId });
  return { conditions, input };
}
