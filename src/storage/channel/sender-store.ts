/** Admitted senders on disk. */

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Sender, SenderSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { channelOf } from "../../core/channel/channel-names.ts";
import type { SenderQuery, SenderWriter } from "../../core/channel/sender/sender-table.ts";
import type { Executor } from "../sqlite/connection.ts";
import { type BodyRow, statement } from "../sqlite/statement.ts";

/** The sender table inside one transaction or snapshot. */
export class SenderStore implements SenderWriter {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async find(name: string): Promise<Sender | undefined> {
    return senderOf(this.#sql.get(findSender, { name }));
  }

  async list({ channel, afterName = "", limit }: SenderQuery): Promise<Sender[]> {
    const rows =
      channel === undefined
        ? this.#sql.all(listAll, { afterName, limit })
        : this.#sql.all(listOfChannel, { channel, afterName, limit });
    return rows.map((row) => fromBinary(SenderSchema, row.body));
  }

  async findOwner(): Promise<Sender | undefined> {
    return senderOf(this.#sql.get(findOwner, {}));
  }

  async put(sender: Sender): Promise<void> {
    const { name, owner } = sender;
    const body = toBinary(SenderSchema, sender);
    this.#sql.run(putSender, { name, channel: channelOf(name), owner: Number(owner), body });
  }

  async delete(name: string): Promise<boolean> {
    return this.#sql.run(deleteSender, { name }) > 0;
  }
}

function senderOf(row: BodyRow | undefined): Sender | undefined {
  return row && fromBinary(SenderSchema, row.body);
}

const findSender = statement<{ name: string }, BodyRow>("SELECT body FROM senders WHERE name = :name");

const listAll = statement<{ afterName: string; limit: number }, BodyRow>(
  "SELECT body FROM senders WHERE name > :afterName ORDER BY name LIMIT +:limit",
);
const listOfChannel = statement<{ channel: string; afterName: string; limit: number }, BodyRow>(
  "SELECT body FROM senders WHERE channel = :channel AND name > :afterName ORDER BY name LIMIT +:limit",
);
const findOwner = statement<Record<string, never>, BodyRow>(
  "SELECT body FROM senders WHERE owner = 1 ORDER BY name LIMIT 1",
);

const putSender = statement<{ name: string; channel: string; owner: number; body: Uint8Array }>(`
  INSERT INTO senders (name, channel, owner, body) VALUES (:name, :channel, :owner, :body)
  ON CONFLICT (name) DO UPDATE SET owner = :owner, body = :body`);

const deleteSender = statement<{ name: string }>("DELETE FROM senders WHERE name = :name");
