import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import { type Sender, SenderSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { TemporaryStore } from "../support/temporary-store.ts";

function sender(channel: string, id: string, init: MessageInitShape<typeof SenderSchema> = {}): Sender {
  return create(SenderSchema, { name: `channels/${channel}/senders/${id}`, address: id, ...init });
}

describe("senders on disk", () => {
  let temporary: TemporaryStore;

  beforeEach(async () => {
    temporary = new TemporaryStore();
    await temporary.open();
    await temporary.store.transact(async ({ senders }) => {
      for (const each of [sender("b", "x"), sender("a", "y"), sender("a", "x")]) await senders.put(each);
    });
  });
  afterEach(() => temporary.remove());

  it("are listed by name, of one channel or all, page by page", async () => {
    await temporary.store.read(async ({ senders }) => {
      const names = async (query: { channel?: string; afterName?: string; limit: number }) =>
        (await senders.list(query)).map(({ name }) => name.replace("channels/", "").replace("/senders", ""));
      expect(await names({ limit: 9 })).to.deep.equal(["a/x", "a/y", "b/x"]);
      expect(await names({ channel: "channels/a", limit: 1 })).to.deep.equal(["a/x"]);
      expect(await names({ channel: "channels/a", afterName: "channels/a/senders/x", limit: 9 })).to.deep.equal([
        "a/y",
      ]);
      expect(await names({ afterName: "channels/a/senders/y", limit: 9 })).to.deep.equal(["b/x"]);
    });
  });

  it("are replaced and forgotten", async () => {
    await temporary.store.transact(async ({ senders }) => {
      await senders.put(sender("a", "x", { title: "X" }));
      expect((await senders.find("channels/a/senders/x"))?.title).to.equal("X");
      expect(await senders.delete("channels/a/senders/x")).to.equal(true);
      expect(await senders.delete("channels/a/senders/x")).to.equal(false);
      expect(await senders.find("channels/a/senders/x")).to.equal(undefined);
    });
  });

  it("have an owner among them when one was made", async () => {
    await temporary.store.transact(async ({ senders }) => {
      expect(await senders.findOwner()).to.equal(undefined);
      await senders.put(sender("b", "x", { owner: true }));
      expect((await senders.findOwner())?.name).to.equal("channels/b/senders/x");
      await senders.put(sender("b", "x"));
      expect(await senders.findOwner()).to.equal(undefined);
    });
  });
});
