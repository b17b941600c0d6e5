/** Messages on disk, and their text index. */

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Message, MessageSchema, Message_Role as Role } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { attachmentsOf } from "../core/blob/attachments.ts";
import { alreadyExists, notFound } from "../core/errors.ts";
import type { MessageHit, MessageQuery, MessageSearch, MessageWriter } from "../core/message/message-table.ts";
import { idOf, sessionOf } from "../core/names.ts";
import { addBlobReferences } from "./blob/blob-references.ts";
import type { Executor } from "./sqlite/connection.ts";
import { type Bindings, type BodyRow, statement } from "./sqlite/statement.ts";

/** The message table inside one transaction or snapshot. */
export class MessageStore implements MessageWriter {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async find(name: string): Promise<Message | undefined> {
    const row = this.#sql.get(findMessage, { session: sessionOf(name), id: idOf(name) });
    return row && fromBinary(MessageSchema, row.body);
  }

  async list(query: MessageQuery): Promise<Message[]> {
    const rows = this.#sql.all(query.order === "newest" ? listNewest : listOldest, {
      session: query.session,
      generation: query.generation,
      from: query.from ?? Number.MIN_SAFE_INTEGER,
      before: query.before ?? Number.MAX_SAFE_INTEGER,
      limit: query.limit,
    });
    return rows.map((row) => fromBinary(MessageSchema, row.body));
  }

  /**
   * Ranks the newest 5 000 matches, and reads the texts of the page afterwards: a snippet of every match would cost far more
   * than the page.
   */
  async search(search: MessageSearch): Promise<MessageHit[]> {
    const terms = matchExpression(search.terms);
    if (terms === "") return [];
    const indexes = this.#indexRest() ? [kept, rest] : [kept];
    const matches = this.#sql.all(rankMatches(search, indexes), {
      terms,
      ...(search.session !== undefined && { session: search.session }),
      ...(search.role !== undefined && { role: search.role }),
      offset: search.offset,
      limit: search.limit,
    });
    return matches.flatMap(({ number, source }) => {
      const row = this.#sql.get(source === rest ? readMatchInRest : readMatch, { terms, number });
      return row === undefined ? [] : [{ message: fromBinary(MessageSchema, row.body), snippet: row.snippet }];
    });
  }

  async insert(message: Message): Promise<void> {
    if (this.#sql.run(insertMessage, columns(message)) === 0) throw alreadyExists(message.name);
    const files = attachmentsOf(message.parts);
    const owner = { kind: "message", parent: sessionOf(message.name), id: idOf(message.name) } as const;
    addBlobReferences(this.#sql, owner, files);
  }

  async update(message: Message): Promise<void> {
    if (this.#sql.run(updateMessage, columns(message)) === 0) throw notFound(message.name);
  }

  async index(limit: number): Promise<number> {
    const { count, last } = this.#sql.get(findUnindexed, { limit }) ?? { count: 0, last: null };
    if (last === null) return 0;
    this.#sql.run(indexTexts, { last });
    this.#sql.run(raiseIndexed, { last });
    return count;
  }

  /** What is not indexed yet is indexed for this connection alone, until its snapshot ends; false when all of it is. */
  #indexRest(): boolean {
    if (this.#sql.get(findUnindexed, { limit: 1 })?.last === null) return false;
    for (const fill of fillRest) this.#sql.run(fill, {});
    return true;
  }
}

const sessionNumber = "(SELECT number FROM sessions WHERE name = :session)";

const findMessage = statement<{ session: string; id: string }, BodyRow>(
  `SELECT body FROM messages WHERE session = ${sessionNumber} AND id = :id`,
);

const listNewest = listMessages("DESC");
const listOldest = listMessages("ASC");

function listMessages(direction: "ASC" | "DESC") {
  type Page = { session: string; generation: number; from: number; before: number; limit: number };
  return statement<Page, BodyRow>(`
    SELECT body FROM messages
    WHERE session = ${sessionNumber} AND generation = :generation AND position >= :from AND position < :before
    ORDER BY position ${direction}
    LIMIT +:limit`);
}

const insertMessage = statement<MessageColumns>(`
  INSERT INTO messages (session, id, generation, position, role, body, text)
  VALUES (${sessionNumber}, :id, :generation, :position, :role, :body, :text)
  ON CONFLICT (session, id) DO NOTHING`);

const updateMessage = statement<MessageColumns>(`
  UPDATE messages
  SET generation = :generation, position = :position, role = :role, body = :body, text = :text
  WHERE session = ${sessionNumber} AND id = :id`);

const indexed = "(SELECT indexed FROM message_text_state)";

const findUnindexed = statement<{ limit: number }, { readonly count: number; readonly last: number | null }>(`
  SELECT count(*) AS count, max(number) AS last
  FROM (SELECT number FROM messages WHERE number > ${indexed} ORDER BY number LIMIT +:limit)`);

const indexTexts = statement<{ last: number }>(`
  INSERT INTO message_text (rowid, text)
  SELECT number, text FROM messages WHERE number > ${indexed} AND number <= :last AND text <> '' ORDER BY number`);

const raiseIndexed = statement<{ last: number }>("UPDATE message_text_state SET indexed = :last WHERE only_row = 1");

/** Indexes of texts: the one that is kept, and one for what is not in it yet. A read-only store has no other way to find that. */
const kept = "message_text";
const rest = "rest_text";

const fillRest = [
  `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${rest} USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2')`,
  `DELETE FROM ${rest}`,
  `INSERT INTO ${rest} (rowid, text) SELECT number, text FROM messages WHERE number > ${indexed} AND text <> ''`,
].map((sql) => statement<Record<string, never>>(sql));

const readMatch = readMatchIn(kept);
const readMatchInRest = readMatchIn(rest);

/** The cast is needed: FTS5 takes a number of JavaScript for a real, and a rowid that is no integer for none at all. */
function readMatchIn(index: string) {
  return statement<{ terms: string; number: number }, BodyRow & { readonly snippet: string }>(`
    SELECT body, snippet(${index}, 0, char(2), char(3), '…', 24) AS snippet
    FROM ${index} JOIN messages ON number = ${index}.rowid
    WHERE ${index} MATCH :terms AND ${index}.rowid = CAST(:number AS INTEGER)`);
}

/** Ranking costs about a microsecond a match and stops the process meanwhile, so a very common word ranks its newest matches. */
const maxRanked = 5_000;

function rankMatches(search: MessageSearch, indexes: readonly string[]) {
  const conditions: string[] = [];
  if (search.session !== undefined) conditions.push(`session = ${sessionNumber}`);
  if (search.role !== undefined) conditions.push("role = :role");
  const matchesIn = (index: string): string => `
    SELECT * FROM (
      SELECT number, ${index}.rank AS rank, '${index}' AS source
      FROM ${index} CROSS JOIN messages ON number = ${index}.rowid
      WHERE ${[`${index} MATCH :terms`, ...conditions].join(" AND ")}
      ORDER BY ${index}.rowid DESC
      LIMIT ${maxRanked}
    )`;
  return statement<Bindings, { readonly number: number; readonly source: string }>(`
    SELECT number, source FROM (${indexes.map(matchesIn).join(" UNION ALL ")})
    ORDER BY rank, number DESC
    LIMIT +:limit OFFSET +:offset`);
}

type MessageColumns = ReturnType<typeof columns>;

function columns(message: Message) {
  return {
    session: sessionOf(message.name),
    id: idOf(message.name),
    generation: message.generation,
    position: message.position,
    role: message.role as number,
    body: toBinary(MessageSchema, message),
    text: searchedText(message),
  };
}

/** What people wrote and were told; without the characters that mark matches in snippets. */
function searchedText(message: Message): string {
  if (message.role !== Role.USER && message.role !== Role.ASSISTANT) return "";
  const texts = message.parts.flatMap(({ kind }) => (kind.case === "text" ? [kind.value] : []));
  return texts.join("\n").replace(/[\u0000\u0002\u0003]/g, "");
}

/** Terms as FTS5 strings, so that nothing in them is syntax; side by side they must all occur. */
function matchExpression(terms: readonly string[]): string {
  return terms.map((term) => `"${term.replaceAll("\u0000", "").replaceAll('"', '""')}"`).join(" ");
}
