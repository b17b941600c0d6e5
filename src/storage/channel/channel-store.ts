/** Channels on disk. */

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Channel, ChannelSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { ChannelRecord, ChannelWriter } from "../../core/channel/channel-table.ts";
import type { Executor } from "../sqlite/connection.ts";
import { type BodyRow, statement } from "../sqlite/statement.ts";

/** The channel table inside one transaction or snapshot. */
export class ChannelStore implements ChannelWriter {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async find(name: string): Promise<ChannelRecord | undefined> {
    const row = this.#sql.get(findChannel, { name });
    return row && recordOf(row);
  }

  async list(): Promise<ChannelRecord[]> {
    return this.#sql.all(listChannels, {}).map(recordOf);
  }

  async put(channel: Channel): Promise<void> {
    this.#sql.run(putChannel, { name: channel.name, body: toBinary(ChannelSchema, channel) });
  }

  async setStopped(name: string, stopped: boolean): Promise<void> {
    this.#sql.run(markChannel, { name, stopped: Number(stopped) });
  }

  async keepCursor(name: string, backfillCursor: string): Promise<void> {
    this.#sql.run(keepCursor, { name, backfillCursor });
  }

  async delete(name: string): Promise<void> {
    this.#sql.run(deleteChannel, { name });
  }
}

interface ChannelRow extends BodyRow {
  readonly stopped: number;
  readonly backfillCursor: string;
}

function recordOf({ body, stopped, backfillCursor }: ChannelRow): ChannelRecord {
  return { channel: fromBinary(ChannelSchema, body), stopped: stopped === 1, backfillCursor };
}

const columns = "body, stopped, backfill_cursor AS backfillCursor";

const findChannel = statement<{ name: string }, ChannelRow>(`SELECT ${columns} FROM channels WHERE name = :name`);
const listChannels = statement<Record<string, never>, ChannelRow>(`SELECT ${columns} FROM channels ORDER BY name`);

const putChannel = statement<{ name: string; body: Uint8Array }>(`
  INSERT INTO channels (name, stopped, backfill_cursor, body) VALUES (:name, 0, '', :body)
  ON CONFLICT (name) DO UPDATE SET body = :body`);

const markChannel = statement<{ name: string; stopped: number }>(
  "UPDATE channels SET stopped = :stopped WHERE name = :name",
);
const keepCursor = statement<{ name: string; backfillCursor: string }>(
  "UPDATE channels SET backfill_cursor = :backfillCursor WHERE name = :name",
);
const deleteChannel = statement<{ name: string }>("DELETE FROM channels WHERE name = :name");
