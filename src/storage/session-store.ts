/** Sessions on disk. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Session, SessionSchema } from "../../gen/openclaw/gateway/v1/session_pb.ts";
import { alreadyExists, notFound } from "../core/errors.ts";
import type { SessionQuery, SessionWriter } from "../core/session/session-table.ts";
import type { Executor } from "./sqlite/connection.ts";
import { type Bindings, type BodyRow, statement } from "./sqlite/statement.ts";

/** Rows deleted before the rest of the process gets its turn. */
const deleteChunk = 200;

/** The session table inside one transaction or snapshot. */
export class SessionStore implements SessionWriter {
  readonly #sql: Executor;
  /** As it was read or written last: every step of a transaction looks at its session again. */
  #latest: Session | undefined;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async find(name: string): Promise<Session | undefined> {
    if (this.#latest?.name === name) return this.#latest;
    const row = this.#sql.get(findSession, { name });
    this.#latest = row && fromBinary(SessionSchema, row.body);
    return this.#latest;
  }

  /** Sessions that are archived or not are two stretches of one index; asked for both, they are merged. */
  async list(query: SessionQuery): Promise<Session[]> {
    if (query.archived !== undefined) return this.#list(query, query.archived);
    const both = [...this.#list(query, false), ...this.#list(query, true)];
    return both.sort(comparePlaces).slice(0, query.limit);
  }

  async insert(session: Session): Promise<void> {
    if (this.#sql.run(insertSession, columns(session)) === 0) throw alreadyExists(session.name);
    this.#latest = session;
  }

  async update(session: Session): Promise<void> {
    if (this.#sql.run(updateSession, columns(session)) === 0) throw notFound(session.name);
    this.#latest = session;
  }

  /** Takes a long transcript away piece by piece: the process answers others meanwhile, only changes wait. */
  async delete(name: string): Promise<void> {
    this.#latest = undefined;
    for (const clear of [clearMessages, clearRuns]) {
      while (this.#sql.run(clear, { name, limit: deleteChunk }) === deleteChunk) await nextTurn();
    }
    if (this.#sql.run(deleteSession, { name }) === 0) throw notFound(name);
  }

  #list(query: SessionQuery, archived: boolean): Session[] {
    const { conditions, input } = conditionsOf(query);
    const list = statement<Bindings, BodyRow>(`
      SELECT body FROM sessions
      WHERE ${["archived = :archived", ...conditions].join(" AND ")}
      ORDER BY pinned DESC, active_time_ms DESC, name DESC
      LIMIT +:limit`);
    const rows = this.#sql.all(list, { ...input, archived: Number(archived), limit: query.limit });
    return rows.map((row) => fromBinary(SessionSchema, row.body));
  }
}

const findSession = statement<{ name: string }, BodyRow>("SELECT body FROM sessions WHERE name = :name");

const insertSession = statement<SessionColumns>(`
  INSERT INTO sessions (name, agent, kind, archived, pinned, parent, active_time_ms, words, labels, body)
  VALUES (:name, :agent, :kind, :archived, :pinned, :parent, :activeTimeMs, :words, :labels, :body)
  ON CONFLICT (name) DO NOTHING`);

const updateSession = statement<SessionColumns>(`
  UPDATE sessions
  SET agent = :agent, kind = :kind, archived = :archived, pinned = :pinned, parent = :parent,
    active_time_ms = :activeTimeMs, words = :words, labels = :labels, body = :body
  WHERE name = :name`);

const clearMessages = clear("messages");
const clearRuns = clear("runs");

function clear(table: "messages" | "runs") {
  return statement<{ name: string; limit: number }>(`
    DELETE FROM ${table} WHERE number IN (
      SELECT number FROM ${table} WHERE session = (SELECT number FROM sessions WHERE name = :name) LIMIT +:limit
    )`);
}

const deleteSession = statement<{ name: string }>("DELETE FROM sessions WHERE name = :name");

type SessionColumns = ReturnType<typeof columns>;

function columns(session: Session) {
  return {
    name: session.name,
    agent: session.agent,
    kind: session.kind as number,
    archived: Number(session.archived),
    pinned: Number(session.pinned),
    parent: session.parent || null,
    activeTimeMs: activeTimeMs(session),
    words: `${session.name}\n${session.title}`.toLowerCase(),
    labels: JSON.stringify(session.labels),
    body: toBinary(SessionSchema, session),
  };
}

function conditionsOf(query: SessionQuery): { conditions: string[]; input: Bindings } {
  const conditions: string[] = [];
  const input: Bindings = {};
  const require = (condition: string, values: Bindings) => {
    conditions.push(condition);
    Object.assign(input, values);
  };
  if (query.agent !== undefined) require("agent = :agent", { agent: query.agent });
  if (query.kind !== undefined) require("kind = :kind", { kind: query.kind });
  if (query.pinned !== undefined) require("pinned = :pinned", { pinned: Number(query.pinned) });
  if (query.parent !== undefined) require("parent = :parent", { parent: query.parent });
  for (const [index, [key, value]] of Object.entries(query.labels ?? {}).entries()) {
    const labelled = `SELECT session FROM session_labels WHERE key = :key${index} AND value = :value${index}`;
    require(`number IN (${labelled})`, { [`key${index}`]: key, [`value${index}`]: value });
  }
  for (const [index, word] of (query.words ?? []).entries()) {
    require(`instr(words, :word${index}) > 0`, { [`word${index}`]: word });
  }
  if (query.after !== undefined) {
    require("(pinned, active_time_ms, name) < (:afterPinned, :afterActiveTimeMs, :afterName)", {
      afterPinned: Number(query.after.pinned),
      afterActiveTimeMs: query.after.activeTimeMs,
      afterName: query.after.name,
    });
  }
  return { conditions, input };
}

function activeTimeMs(session: Session): number {
  return session.activeTime === undefined ? 0 : timestampMs(session.activeTime);
}

function comparePlaces(a: Session, b: Session): number {
  if (a.pinned !== b.pinned) return a.pinned ? -1 : 1;
  return activeTimeMs(b) - activeTimeMs(a) || (a.name < b.name ? 1 : -1);
}
