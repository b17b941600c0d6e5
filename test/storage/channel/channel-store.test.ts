import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ChannelSchema, Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { TemporaryStore } from "../support/temporary-store.ts";

const channel = create(ChannelSchema, { name: "channels/a", kind: "a", etag: "1", state: State.ONLINE });

describe("channels on disk", () => {
  let temporary: TemporaryStore;

  beforeEach(async () => {
    temporary = new TemporaryStore();
    await temporary.open();
  });
  afterEach(() => temporary.remove());

  const find = (name = channel.name) => temporary.store.read(({ channels }) => channels.find(name));

  it("are given back as they were kept, over a restart too", async () => {
    await temporary.store.transact(({ channels }) => channels.put(channel));
    await temporary.open();
    expect(await find()).to.deep.equal({ channel, stopped: false, backfillCursor: "" });
    expect(await find("channels/b")).to.equal(undefined);
  });

  it("keep stop mark and cursor when the resource changes", async () => {
    await temporary.store.transact(async ({ channels }) => {
      await channels.put(channel);
      await channels.setStopped(channel.name, true);
      await channels.keepCursor(channel.name, "42");
      await channels.put({ ...channel, etag: "2" });
    });
    expect(await find()).to.deep.include({ stopped: true, backfillCursor: "42" });
    expect((await find())?.channel.etag).to.equal("2");
  });

  it("are listed by name, and forgotten", async () => {
    await temporary.store.transact(async ({ channels }) => {
      for (const name of ["channels/b", "channels/a"]) await channels.put({ ...channel, name });
      await channels.delete("channels/b");
    });
    const listed = await temporary.store.read(({ channels }) => channels.list());
    expect(listed.map((record) => record.channel.name)).to.deep.equal(["channels/a"]);
  });
});
