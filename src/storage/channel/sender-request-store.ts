/** Senders that ask to be admitted, on disk. */

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { PairingRequestSchema } from "../../../gen/openclaw/gateway/v1/access_pb.ts";
import { channelOf } from "../../core/channel/channel-names.ts";
import type { SenderRequest, SenderRequestWriter } from "../../core/channel/sender/sender-table.ts";
import { alreadyExists } from "../../core/errors.ts";
import type { Executor } from "../sqlite/connection.ts";
import { type BodyRow, statement } from "../sqlite/statement.ts";

/** The table of requests inside one transaction or snapshot. */
export class SenderRequestStore implements SenderRequestWriter {
  readonly #sql: Executor;

  constructor(sql: Executor) {
    this.#sql = sql;
  }

  async find(name: string): Promise<SenderRequest | undefined> {
    const row = this.#sql.get(findRequest, { name });
    return row && requestOf(row);
  }

  async findBySender(sender: string): Promise<SenderRequest | undefined> {
    const row = this.#sql.get(findBySender, { sender });
    return row && requestOf(row);
  }

  /** Ids are ULIDs: by name is by age. */
  async list(channel?: string): Promise<SenderRequest[]> {
    const rows = channel === undefined ? this.#sql.all(listAll, {}) : this.#sql.all(listOfChannel, { channel });
    return rows.map(requestOf);
  }

  async insert({ request, sender, conversation, expireTimeMs }: SenderRequest): Promise<void> {
    const { name } = request;
    const body = toBinary(PairingRequestSchema, request);
    const channel = channelOf(sender);
    const added = this.#sql.run(insertRequest, { name, channel, sender, conversation, expireTimeMs, body });
    if (added === 0) throw alreadyExists(name);
  }

  async delete(name: string): Promise<void> {
    this.#sql.run(deleteRequest, { name });
  }
}

interface RequestRow extends BodyRow {
  readonly sender: string;
  readonly conversation: string;
  readonly expireTimeMs: number;
}

function requestOf({ body, sender, conversation, expireTimeMs }: RequestRow): SenderRequest {
  return { request: fromBinary(PairingRequestSchema, body), sender, conversation, expireTimeMs };
}

const select = "SELECT sender, conversation, expire_time_ms AS expireTimeMs, body FROM sender_requests";

const findRequest = statement<{ name: string }, RequestRow>(`${select} WHERE name = :name`);
const findBySender = statement<{ sender: string }, RequestRow>(`${select} WHERE sender = :sender`);
const listAll = statement<Record<string, never>, RequestRow>(`${select} ORDER BY name`);
const listOfChannel = statement<{ channel: string }, RequestRow>(`${select} WHERE channel = :channel ORDER BY name`);

interface RequestColumns extends Record<string, string | number | Uint8Array> {
  name: string;
  channel: string;
  sender: string;
  conversation: string;
  expireTimeMs: number;
  body: Uint8Array;
}

const insertRequest = statement<RequestColumns>(`
  INSERT INTO sender_requests (name, channel, sender, conversation, expire_time_ms, body)
  VALUES (:name, :channel, :sender, :conversation, :expireTimeMs, :body)
  ON CONFLICT DO NOTHING`);

const deleteRequest = statement<{ name: string }>("DELETE FROM sender_requests WHERE name = :name");
