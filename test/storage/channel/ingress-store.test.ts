import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import {
  type Ingress,
  IngressSchema,
  Ingress_Outcome as Outcome,
} from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { IngressQuery, IngressRecord } from "../../../src/core/channel/ingress/ingress-table.ts";
import { SeededRandom } from "../../support/seeded-random.ts";
import { TemporaryStore } from "../support/temporary-store.ts";

const room = "channels/a/conversations/room";

function record(number: number, init: Partial<Omit<Ingress, "$typeName">> = {}, waits = false): IngressRecord {
  const ingress = create(IngressSchema, {
    name: `channels/a/ingress/${String(number).padStart(6, "0")}`,
    conversation: room,
    outcome: Outcome.ACCEPTED,
    message: { platformId: `p${number}`, text: `text ${number}` },
    createTime: timestampFromMs(number * 1_000),
    ...init,
  });
  return { ingress, key: `message p${number}`, waits };
}

describe("inbound messages on disk", () => {
  let temporary: TemporaryStore;

  beforeEach(async () => {
    temporary = new TemporaryStore();
    await temporary.open();
  });
  afterEach(() => temporary.remove());

  const insert = (...records: IngressRecord[]) =>
    temporary.store.transact(async ({ ingress }) => {
      for (const each of records) await ingress.insert(each);
    });
  const list = async (query: Partial<IngressQuery>) =>
    (await temporary.store.read(({ ingress }) => ingress.list({ limit: 100, ...query }))).map(({ name }) => name);
  const waiting = async (limit = 100) =>
    (await temporary.store.read(({ ingress }) => ingress.listWaiting(room, limit))).map(({ message }) => message?.text);
  const names = (...records: IngressRecord[]) => records.map(({ ingress }) => ingress.name);

  it("are given back as they were kept, by name and by key", async () => {
    const kept = record(1, { run: "sessions/a/runs/r" }, true);
    await insert(kept);
    await temporary.store.read(async ({ ingress }) => {
      expect(await ingress.find(kept.ingress.name)).to.deep.equal(kept);
      expect(await ingress.findByKey(room, kept.key)).to.deep.equal(kept);
      expect(await ingress.findByKey("channels/a/conversations/other", kept.key)).to.equal(undefined);
      expect(await ingress.find("channels/b/ingress/000001")).to.equal(undefined);
    });
  });

  it("stand once under a key in a conversation", async () => {
    await insert(record(1));
    const error = await insert({ ...record(2), key: record(1).key }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property("message").that.contains("exists already");
    await insert({ ...record(3, { conversation: "channels/a/conversations/b" }), key: record(1).key });
  });

  it("are found by key in all conversations of a channel, the newest first", async () => {
    const [first, second] = [record(1), record(2, { conversation: "channels/a/conversations/b" })];
    await insert(first, { ...second, key: first.key }, record(3));
    const found = await temporary.store.read(({ ingress }) => ingress.listByKey("channels/a", first.key, 10));
    expect(found.map(({ name }) => name)).to.deep.equal(names(second, first));
    expect(await temporary.store.read(({ ingress }) => ingress.listByKey("channels/b", first.key, 10))).to.deep.equal(
      [],
    );
  });

  it("change", async () => {
    await insert(record(1, { outcome: Outcome.FAILED }, true));
    const next = record(1, { outcome: Outcome.ACCEPTED, run: "sessions/a/runs/r" });
    await temporary.store.transact(({ ingress }) => ingress.update(next));
    expect(await temporary.store.read(({ ingress }) => ingress.find(next.ingress.name))).to.deep.equal(next);
    const error = await temporary.store.transact(({ ingress }) => ingress.update(record(2))).catch((thrown) => thrown);
    expect(error).to.have.property("message").that.contains("does not exist");
  });

  it("are found by every condition, as a filter over all of them would", async () => {
    const random = new SeededRandom();
    const all = Array.from({ length: 80 }, (_, number) => {
      const channel = random.pick(["a", "b"]);
      return record(number, {
        name: `channels/${channel}/ingress/${String(number).padStart(6, "0")}`,
        conversation: `channels/${channel}/conversations/${random.pick(["x", "y"])}`,
        outcome: random.pick([Outcome.ACCEPTED, Outcome.FAILED, Outcome.SUPPRESSED]),
        run: random.pick(["", "sessions/a/runs/1", "sessions/a/runs/2"]),
        transcriptMessage: random.pick(["", "sessions/a/messages/1"]),
      });
    });
    await insert(...all);
    for (let round = 0; round < 40; round++) {
      const query: Partial<IngressQuery> = {
        ...(random.chance(0.4) && { channel: random.pick(["channels/a", "channels/b"]) }),
        ...(random.chance(0.4) && {
          conversation: random.pick(["channels/a/conversations/x", "channels/b/conversations/y"]),
        }),
        ...(random.chance(0.4) && { outcome: random.pick([Outcome.ACCEPTED, Outcome.FAILED]) }),
        ...(random.chance(0.3) && { run: "sessions/a/runs/1" }),
        ...(random.chance(0.3) && { transcriptMessage: "sessions/a/messages/1" }),
        ...(random.chance(0.4) && { beforeId: String(random.between(0, 80)).padStart(6, "0") }),
        limit: random.pick([1, 7, 100]),
      };
      const { channel, conversation, outcome, run, transcriptMessage, beforeId, limit = 0 } = query;
      const expected = all
        .map(({ ingress }) => ingress)
        .filter((each) => channel === undefined || each.name.startsWith(`${channel}/`))
        .filter((each) => conversation === undefined || each.conversation === conversation)
        .filter((each) => outcome === undefined || each.outcome === outcome)
        .filter((each) => run === undefined || each.run === run)
        .filter((each) => transcriptMessage === undefined || each.transcriptMessage === transcriptMessage)
        .filter((each) => beforeId === undefined || each.name.slice(-6) < beforeId)
        .sort((x, y) => (x.name.slice(-6) < y.name.slice(-6) ? 1 : -1));
      const found = await list(query);
      expect(found, `seed ${random.seed}`).to.deep.equal(expected.slice(0, limit).map(({ name }) => name));
    }
  });

  it("wait as context in their order, the newest of them, until they are used", async () => {
    const other = { conversation: "channels/a/conversations/other" };
    await insert(record(1, {}, true), record(2), record(3, {}, true), record(4, other, true), record(5, {}, true));
    expect(await waiting()).to.deep.equal(["text 1", "text 3", "text 5"]);
    expect(await waiting(2)).to.deep.equal(["text 3", "text 5"]);
    await temporary.store.transact(({ ingress }) => ingress.clearWaiting(room));
    expect(await waiting()).to.deep.equal([]);
    const left = await temporary.store.read(({ ingress }) => ingress.listWaiting(other.conversation, 9));
    expect(left).to.have.length(1);
  });

  it("stop waiting beyond a number, the oldest first, in one conversation", async () => {
    const other = { conversation: "channels/a/conversations/other" };
    await insert(record(1, other, true), ...[2, 3, 4, 5].map((number) => record(number, {}, true)));
    await temporary.store.transact(({ ingress }) => ingress.trimWaiting(room, 2));
    expect(await waiting()).to.deep.equal(["text 4", "text 5"]);
    const left = await temporary.store.read(({ ingress }) => ingress.listWaiting(other.conversation, 9));
    expect(left).to.have.length(1);
  });

  it("are forgotten by age and by number, the oldest first, no more at once than asked", async () => {
    const all = Array.from({ length: 10 }, (_, number) => record(number));
    await insert(...all);
    const prune = (maxAgeMs: number, maxRows: number, limit: number) =>
      temporary.store.transact(({ ingress }) => ingress.prune({ maxAgeMs, maxRows }, 10_000, limit));
    expect(await prune(8_000, 100, 1)).to.equal(1);
    expect(await prune(8_000, 100, 9)).to.equal(1);
    expect(await list({})).to.deep.equal(names(...all.slice(2)).reverse());
    expect(await prune(100_000, 3, 2)).to.equal(2);
    expect(await prune(100_000, 3, 9)).to.equal(3);
    expect(await list({})).to.deep.equal(names(...all.slice(7)).reverse());
    expect(await prune(100_000, 3, 9)).to.equal(0);
  });
});
