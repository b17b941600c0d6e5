/** Conversations on disk. */

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Conversation, ConversationSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { channelOf } from "../../core/channel/channel-names.ts";
import type { ConversationQuery, ConversationWriter } from "../../core/channel/conversation/conversation-table.ts";
import type { Executor } from "../sqlite/connection.ts";
import { type Bindings, type BodyRow, statement } from "../sqlite/statement.ts";

/** The conversation table inside one transaction or snapshot. */
export class ConversationStore implements ConversationWriter {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async find(name: string): Promise<Conversation | undefined> {
    const row = this.#sql.get(findConversation, { name });
    return row && fromBinary(ConversationSchema, row.body);
  }

  async list(query: ConversationQuery): Promise<Conversation[]> {
    const { where, input } = conditionsOf(query);
    const list = statement<Bindings, BodyRow>(
      `SELECT body FROM conversations ${where} ORDER BY active_time_ms DESC, name DESC LIMIT +:limit`,
    );
    const rows = this.#sql.all(list, { ...input, limit: query.limit });
    return rows.map((row) => fromBinary(ConversationSchema, row.body));
  }

  async put(conversation: Conversation): Promise<void> {
    const { name, address, title, activeTime } = conversation;
    this.#sql.run(putConversation, {
      name,
      channel: channelOf(name),
      activeTimeMs: activeTime === undefined ? 0 : timestampMs(activeTime),
      words: `${address}\n${title}`.toLowerCase(),
      body: toBinary(ConversationSchema, conversation),
    });
  }
}

function conditionsOf(query: ConversationQuery): { where: string; input: Bindings } {
  const conditions: string[] = [];
  const input: Bindings = {};
  if (query.channel !== undefined) {
    conditions.push("channel = :channel");
    input.channel = query.channel;
  }
  for (const [index, word] of (query.words ?? []).entries()) {
    conditions.push(`instr(words, :word${index}) > 0`);
    input[`word${index}`] = word;
  }
  if (query.after !== undefined) {
    conditions.push("(active_time_ms, name) < (:afterTimeMs, :afterName)");
    input.afterTimeMs = query.after.activeTimeMs;
    input.afterName = query.after.name;
  }
  return { where: conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`, input };
}

const findConversation = statement<{ name: string }, BodyRow>("SELECT body FROM conversations WHERE name = :name");

interface ConversationColumns extends Bindings {
  name: string;
  channel: string;
  activeTimeMs: number;
  words: string;
  body: Uint8Array;
}

const putConversation = statement<ConversationColumns>(`
  INSERT INTO conversations (name, channel, active_time_ms, words, body)
  VALUES (:name, :channel, :activeTimeMs, :words, :body)
  ON CONFLICT (name) DO UPDATE SET active_time_ms = :activeTimeMs, words = :words, body = :body`);
