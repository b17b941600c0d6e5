import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { type Conversation, ConversationSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { ConversationQuery } from "../../../src/core/channel/conversation/conversation-table.ts";
import { SeededRandom } from "../../support/seeded-random.ts";
import { TemporaryStore } from "../support/temporary-store.ts";

function conversation(channel: string, id: string, activeMs: number, title = ""): Conversation {
  const name = `channels/${channel}/conversations/${id}`;
  return create(ConversationSchema, { name, address: id, title, activeTime: timestampFromMs(activeMs) });
}

describe("conversations on disk", () => {
  let temporary: TemporaryStore;

  beforeEach(async () => {
    temporary = new TemporaryStore();
    await temporary.open();
  });
  afterEach(() => temporary.remove());

  const put = (...all: Conversation[]) =>
    temporary.store.transact(async ({ conversations }) => {
      for (const each of all) await conversations.put(each);
    });
  const list = (query: Partial<ConversationQuery> = {}) =>
    temporary.store.read(({ conversations }) => conversations.list({ limit: 100, ...query }));
  const addresses = async (query: Partial<ConversationQuery> = {}) => (await list(query)).map(({ address }) => address);

  it("are given back as they were kept, and replaced", async () => {
    await put(conversation("a", "x", 1), conversation("a", "x", 2, "The room"));
    const found = await temporary.store.read(({ conversations }) => conversations.find("channels/a/conversations/x"));
    expect(found).to.deep.equal(conversation("a", "x", 2, "The room"));
  });

  it("are found by channel and by words of address and title, any case", async () => {
    await put(conversation("a", "mia", 1, "Garden Party"), conversation("a", "ann", 2), conversation("b", "mia", 3));
    expect(await addresses({ channel: "channels/a" })).to.deep.equal(["ann", "mia"]);
    expect(await addresses({ words: ["party", "mi"] })).to.deep.equal(["mia"]);
    expect(await addresses({ channel: "channels/b", words: ["party"] })).to.deep.equal([]);
  });

  it("are listed page by page, each once, the most recently active first, whatever there is", async () => {
    const random = new SeededRandom();
    const all = Array.from({ length: 60 }, (_, index) =>
      conversation(random.pick(["a", "b"]), `c${index}`, random.between(1, 9)),
    );
    await put(...all);
    const channel = random.chance(0.5) ? "channels/a" : undefined;
    const expected = all
      .filter(({ name }) => channel === undefined || name.startsWith(`${channel}/`))
      .sort((x, y) => msOf(y) - msOf(x) || (x.name < y.name ? 1 : -1));
    const seen: Conversation[] = [];
    for (let after: ConversationQuery["after"]; ; ) {
      const page = await list({ limit: 7, ...(channel && { channel }), ...(after && { after }) });
      seen.push(...page);
      const last = page.at(-1);
      if (last === undefined) break;
      after = { activeTimeMs: msOf(last), name: last.name };
    }
    expect(seen, `seed ${random.seed}`).to.deep.equal(expected);
  });
});

function msOf({ activeTime }: Conversation): number {
  return activeTime === undefined ? 0 : timestampMs(activeTime);
}
