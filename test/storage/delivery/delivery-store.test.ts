/** Deliveries on disk. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import {
  type Delivery,
  DeliverySchema,
  OutboundActionSchema,
  Delivery_State as State,
} from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { DeliveryQuery, DeliveryReader, DeliveryRecord } from "../../../src/core/delivery/delivery-table.ts";
import { TemporaryStore } from "../support/temporary-store.ts";

const room = (id: string): string => `channels/fake/conversations/${id}`;

/** A queued delivery, "channels/fake/deliveries/d<position>-<chunk>". */
function makeDelivery(
  position: number,
  init: Partial<Delivery> = {},
  more: Partial<DeliveryRecord> = {},
): DeliveryRecord {
  const chunk = init.chunk ?? 0;
  const plain = create(DeliverySchema, {
    name: `channels/fake/deliveries/d${position}-${chunk}`,
    conversation: room("a"),
    state: State.QUEUED,
    action: { kind: { case: "message", value: { text: `text ${position}` } } },
    expireTime: timestampFromMs(1_000_000),
  });
  return { delivery: { ...plain, ...init }, position, batch: `d${position}`, ...more };
}

describe("deliveries on disk", () => {
  let temporary: TemporaryStore;

  beforeEach(async () => {
    temporary = new TemporaryStore();
    await temporary.open();
  });
  afterEach(() => temporary.remove());

  const insert = (...records: DeliveryRecord[]) =>
    temporary.store.transact(async ({ deliveries }) => {
      for (const record of records) await deliveries.insert(record);
    });
  const read = <T>(work: (deliveries: DeliveryReader) => Promise<T>): Promise<T> =>
    temporary.store.read(({ deliveries }) => work(deliveries));
  const ids = (records: readonly DeliveryRecord[]): string[] =>
    records.map(({ delivery }) => delivery.name.split("/").at(-1) ?? "");

  it("come back as they went in", async () => {
    const live = { step: 2, kind: "block", length: 7, hash: "x" } as const;
    const record = makeDelivery(1, { run: "sessions/a/runs/1" }, { live, replaces: "channels/fake/deliveries/p" });
    await insert(record);
    expect(await read((table) => table.find(record.delivery.name))).to.deep.equal(record);
  });

  it("wait in the order of position, then of piece", async () => {
    const sent = makeDelivery(1, { state: State.SENT, endTime: timestampFromMs(1) });
    await insert(makeDelivery(3, { chunk: 1 }), makeDelivery(3), sent, makeDelivery(4));
    expect(ids([(await read((table) => table.findHead(room("a")))) as DeliveryRecord])).to.deep.equal(["d3-0"]);
    expect(await read((table) => table.findHead(room("b")))).to.equal(undefined);
  });

  it("name the conversations that wait, and how much", async () => {
    await insert(makeDelivery(1), makeDelivery(2, { conversation: room("b") }), makeDelivery(3));
    expect((await read((table) => table.listLanes())).sort()).to.deep.equal([room("a"), room("b")]);
    const { items, bytes } = await read((table) => table.countWaiting("channels/fake"));
    expect(items).to.equal(3);
    expect(bytes).to.be.above(30);
    expect(await read((table) => table.countWaiting("channels/other"))).to.deep.equal({ items: 0, bytes: 0 });
  });

  it("are found by what is asked for", async () => {
    const run = "sessions/a/runs/1";
    const message = "sessions/a/messages/1";
    await insert(
      makeDelivery(1, { run }),
      makeDelivery(2, { message }),
      makeDelivery(3, { conversation: room("b") }),
      makeDelivery(4, { state: State.FAILED, endTime: timestampFromMs(1) }),
    );
    const list = async (query: Partial<DeliveryQuery>): Promise<string[]> =>
      ids(await read((table) => table.list({ limit: 10, ...query })));
    expect(await list({})).to.deep.equal(["d4-0", "d3-0", "d2-0", "d1-0"]);
    expect(await list({ run })).to.deep.equal(["d1-0"]);
    expect(await list({ message })).to.deep.equal(["d2-0"]);
    expect(await list({ conversation: room("b") })).to.deep.equal(["d3-0"]);
    expect(await list({ state: State.FAILED, channel: "channels/fake" })).to.deep.equal(["d4-0"]);
    expect(await list({ beforeId: "d3-0", limit: 1 })).to.deep.equal(["d2-0"]);
  });

  it("are found by the network's id of what was sent, in one channel, until they are gone", async () => {
    const said = makeDelivery(1);
    const reaction = { case: "reaction", value: { platformId: "7", emoji: "👍" } } as const;
    const reacted = makeDelivery(2, { action: create(OutboundActionSchema, { kind: reaction }) });
    await insert(said, reacted);
    const sent = { state: State.SENT, endTime: timestampFromMs(1), platformIds: ["7", "8"] };
    await temporary.store.transact(async ({ deliveries }) => {
      for (const { delivery, ...record } of [said, reacted]) {
        await deliveries.update({ ...record, delivery: { ...delivery, ...sent } });
      }
    });
    const found = async (channel: string, platformId: string, more = {}) =>
      ids(await read((table) => table.listSent({ channel, platformId, limit: 10, ...more })));
    expect(await found("channels/fake", "7")).to.deep.equal(["d1-0"]);
    expect(await found("channels/fake", "8")).to.deep.equal(["d1-0"]);
    expect(await found("channels/fake", "9")).to.deep.equal([]);
    expect(await found("channels/other", "7")).to.deep.equal([]);
    expect(await found("channels/fake", "7", { conversation: room("a") })).to.deep.equal(["d1-0"]);
    expect(await found("channels/fake", "7", { conversation: room("b") })).to.deep.equal([]);
    const retention = { bodiesBeforeMs: 2, failuresBeforeMs: 2, rowsBeforeMs: 2 };
    await temporary.store.transact(({ deliveries }) => deliveries.tidy(retention, 10));
    expect(await found("channels/fake", "7")).to.deep.equal([]);
  });

  it("are known by the network's id of what was sent in the very conversation", async () => {
    const sent = { state: State.SENT, endTime: timestampFromMs(1), platformIds: ["7"] };
    await insert(makeDelivery(1, sent), makeDelivery(2, { ...sent, conversation: room("b"), platformIds: ["8"] }));
    const known = (id: string) => read((table) => table.hasSent(room("a"), id));
    expect([await known("7"), await known("8"), await known("9")]).to.deep.equal([true, false, false]);
  });

  it("say whether anything of a conversation waits", async () => {
    const sent = { state: State.SENT, endTime: timestampFromMs(1) };
    await insert(makeDelivery(1, sent), makeDelivery(2), makeDelivery(3, { ...sent, conversation: room("b") }));
    const waits = (id: string) => read((table) => table.hasWaiting(room(id)));
    expect([await waits("a"), await waits("b"), await waits("c")]).to.deep.equal([true, false, false]);
  });

  it("keep where they belong when they change", async () => {
    const { delivery, ...rest } = makeDelivery(1, { run: "sessions/a/runs/1" });
    await insert({ delivery, ...rest });
    const failed = { ...delivery, state: State.FAILED, endTime: timestampFromMs(1), chunk: 1 };
    await temporary.store.transact(({ deliveries }) => deliveries.update({ delivery: failed, ...rest }));
    const [found] = await read((table) => table.list({ run: "sessions/a/runs/1", state: State.FAILED, limit: 10 }));
    expect(found).to.deep.equal({ delivery: failed, ...rest });
    expect(await read((table) => table.findHead(room("a")))).to.equal(undefined);
  });

  it("expire, whether they wait or are being sent", async () => {
    const expireTime = timestampFromMs(500);
    await insert(
      makeDelivery(1),
      makeDelivery(2, { expireTime }),
      makeDelivery(3, { expireTime, state: State.SENDING }),
    );
    expect(ids(await read((table) => table.listExpired(600, 10)))).to.have.members(["d2-0", "d3-0"]);
  });

  it("lose their content first, then are gone; what failed is kept longer", async () => {
    const endTime = timestampFromMs(1_000);
    await insert(
      makeDelivery(1, { state: State.SENT, endTime, platformIds: ["9"] }),
      makeDelivery(2, { state: State.FAILED, endTime }),
      makeDelivery(3),
    );
    const tidy = (bodiesBeforeMs: number, failuresBeforeMs: number, rowsBeforeMs: number) =>
      temporary.store.transact(({ deliveries }) =>
        deliveries.tidy({ bodiesBeforeMs, failuresBeforeMs, rowsBeforeMs }, 10),
      );
    expect(await tidy(2_000, 500, 0)).to.equal(1);
    const receipt = await read((table) => table.find("channels/fake/deliveries/d1-0"));
    expect(receipt?.delivery.action).to.equal(undefined);
    expect(receipt?.delivery.platformIds).to.deep.equal(["9"]);
    expect(await tidy(2_000, 2_000, 0)).to.equal(1);
    expect(await tidy(2_000, 2_000, 2_000)).to.equal(2);
    expect(ids(await read((table) => table.list({ limit: 10 })))).to.deep.equal(["d3-0"]);
  });
});
