/** Transcripts that are remembered: what is read again, and what is believed. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { type Message, MessageSchema, PartSchema } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { MessageQuery, MessageReader } from "../../../src/core/message/message-table.ts";
import { RecentMessages } from "../../../src/core/message/recent-messages.ts";

const pendingPosition = 2 ** 50;

const messageAt = (position: number, text = "x"): Message =>
  create(MessageSchema, {
    name: `sessions/a/messages/${position}`,
    position: BigInt(position),
    pending: position >= pendingPosition,
    parts: [create(PartSchema, { kind: { case: "text", value: text } })],
  });

/** A transcript in memory that counts the messages it hands out. */
class CountingReader implements MessageReader {
  messages: Message[] = [];
  handedOut = 0;

  find = async (): Promise<undefined> => undefined;
  search = async (): Promise<[]> => [];

  async list({ from = 0, limit }: MessageQuery): Promise<Message[]> {
    const rows = this.messages.filter(({ position }) => Number(position) >= from).toReversed();
    this.handedOut += Math.min(limit, rows.length);
    return rows.slice(0, limit);
  }

  /** Reads the newest through `recent` as of now; gives positions, and how many messages were handed out for it. */
  async read(recent: RecentMessages, { session = "sessions/a", generation = 1, from = 0, limit = 400 } = {}) {
    this.handedOut = 0;
    const query = { session, generation, from: from === 0 ? undefined : from, limit };
    const rows = await recent.read(this, query, this.messages.length);
    return { positions: rows.map(({ position }) => Number(position)), handedOut: this.handedOut };
  }
}

function readerOf(...positions: number[]): CountingReader {
  const reader = new CountingReader();
  reader.messages = positions.map((position) => messageAt(position));
  return reader;
}

describe("messages that were read before", () => {
  it("are not read again, only what came since", async () => {
    const recent = new RecentMessages();
    const reader = readerOf(1, 2, 3);
    expect(await reader.read(recent)).to.deep.equal({ positions: [1, 2, 3], handedOut: 3 });
    reader.messages.push(messageAt(7));
    expect(await reader.read(recent)).to.deep.equal({ positions: [1, 2, 3, 7], handedOut: 1 });
    expect(await reader.read(recent)).to.deep.equal({ positions: [1, 2, 3, 7], handedOut: 0 });
  });

  it("leave as the window moves on", async () => {
    const recent = new RecentMessages();
    const reader = readerOf(1, 2, 3);
    await reader.read(recent);
    reader.messages.push(messageAt(4));
    expect(await reader.read(recent, { limit: 2 })).to.deep.equal({ positions: [3, 4], handedOut: 1 });
    reader.messages.push(messageAt(5));
    expect(await reader.read(recent, { limit: 3 })).to.deep.equal({ positions: [3, 4, 5], handedOut: 1 });
  });

  it("are not changed by whoever was given them", async () => {
    const recent = new RecentMessages();
    const reader = readerOf(1, 2);
    const query = { session: "sessions/a", generation: 1, from: undefined, limit: 400 };
    (await recent.read(reader, query, 2)).length = 0;
    (await recent.read(reader, query, 2)).length = 0;
    expect((await reader.read(recent)).positions).to.deep.equal([1, 2]);
  });

  it("do not hold what waits: it is read until it has its place", async () => {
    const recent = new RecentMessages();
    const reader = readerOf(1, 2, pendingPosition + 3);
    await reader.read(recent);
    reader.messages[2] = messageAt(4, "placed");
    reader.messages.push(messageAt(5));
    expect(await reader.read(recent)).to.deep.equal({ positions: [1, 2, 4, 5], handedOut: 2 });
  });

  it("are read anew when the session was deleted and made again", async () => {
    const recent = new RecentMessages();
    await readerOf(1, 2).read(recent);
    expect((await readerOf(8, 9).read(recent)).positions).to.deep.equal([8, 9]);
    expect((await readerOf(20).read(recent)).positions).to.deep.equal([20]);
    expect((await readerOf().read(recent)).positions).to.deep.equal([]);
  });

  it("are read anew in another generation, and from another position", async () => {
    const recent = new RecentMessages();
    const reader = readerOf(1, 2, 3);
    await reader.read(recent);
    expect((await reader.read(recent, { generation: 2 })).handedOut).to.equal(3);
    expect((await reader.read(recent, { generation: 2, from: 2 })).positions).to.deep.equal([2, 3]);
  });

  it("are forgotten beyond the bound, those of the session read longest ago first", async () => {
    const reader = readerOf(1);
    const oneMessage = 600;
    const recent = new RecentMessages(2 * oneMessage);
    for (const session of ["sessions/a", "sessions/b", "sessions/a", "sessions/c"])
      await reader.read(recent, { session });
    expect((await reader.read(recent, { session: "sessions/a" })).handedOut).to.equal(0);
    expect((await reader.read(recent, { session: "sessions/b" })).handedOut).to.equal(1);
  });

  it("are not remembered when they are larger than the bound", async () => {
    const recent = new RecentMessages(1_000);
    const reader = new CountingReader();
    reader.messages = [messageAt(1, "y".repeat(1_000))];
    await reader.read(recent);
    expect((await reader.read(recent)).handedOut).to.equal(1);
  });
});
