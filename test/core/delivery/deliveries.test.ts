/** DeliveryService: what callers send, see, try again and give up. */

import { expect } from "chai";
import { Channel_State as ChannelState } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type Delivery, Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { UnsentError } from "../../../src/core/channel/network.ts";
import { type ChannelOverrides, channelSettings } from "../../support/channel-settings.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { FakeConnection, fakeNetwork } from "../../support/fake-line.ts";
import { until } from "../../support/until.ts";

const mia = "channels/fake/conversations/mia";
const content = (...texts: string[]) => ({
  case: "content" as const,
  value: { parts: texts.map((value) => ({ kind: { case: "text" as const, value } })) },
});

describe("DeliveryService", () => {
  const kits = new CoreKits();
  let kit: Awaited<ReturnType<CoreKits["open"]>>;
  let network: FakeConnection;

  const open = async (overrides: ChannelOverrides = {}, connection = new FakeConnection()): Promise<void> => {
    network = connection;
    kit = await kits.open({
      settings: { channels: [channelSettings(overrides)] },
      channels: { networks: fakeNetwork(network) },
    });
    if (overrides.enabled === false) return;
    await until(() => kit.core.channels.find("channels/fake")?.connection !== undefined, "the channel is online");
  };
  const service = () => kit.client.deliveries;
  const send = (text: string, requestId?: string) =>
    service().sendMessage({ conversation: mia, action: content(text), ...(requestId && { requestId }) });
  const get = async ({ name }: Pick<Delivery, "name">): Promise<Delivery | undefined> =>
    (await service().getDelivery({ name })).delivery;
  /** The delivery when it has ended. */
  const ended = async (delivery: Delivery | undefined): Promise<Delivery> => {
    for (;;) {
      const now = delivery && (await get(delivery));
      if (now === undefined) throw new Error("nothing was sent");
      if (now.state !== State.QUEUED && now.state !== State.SENDING) return now;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const refuse = () => Promise.reject(new UnsentError("no", { permanent: true }));

  afterEach(() => kits.close());

  it("accepts a message once, however often it is asked", async () => {
    await open();
    const requestId = crypto.randomUUID();
    const first = await send("hello", requestId);
    const second = await send("hello", requestId);
    expect(second.deliveries.map(({ name }) => name)).to.deep.equal(first.deliveries.map(({ name }) => name));
    await ended(first.deliveries[0]);
    expect(network.words).to.deep.equal(["say hello"]);
    await expectFailure(send("other", requestId), "REQUEST_ID_REUSED");
  });

  it("cuts long text, and says so", async () => {
    await open({ outbound: { textChunkLimit: 32 } });
    const { deliveries } = await send("one two three four five six seven eight");
    expect(deliveries.map(({ chunkCount }) => chunkCount)).to.deep.equal([2, 2]);
  });

  it("refuses what makes no sense, before anything is kept", async () => {
    await open();
    const to = (conversation: string) => service().sendMessage({ conversation, action: content("x") });
    await expectFailure(to("sessions/main"), "FIELD_INVALID");
    await expectFailure(to("channels/other/conversations/mia"), "NOT_FOUND");
    await expectFailure(service().sendMessage({ conversation: mia }), "FIELD_INVALID");
    await expectFailure(send("   "), "FIELD_INVALID");
    const poll = { case: "poll" as const, value: { question: "?", options: ["one"] } };
    await expectFailure(service().sendMessage({ conversation: mia, action: poll }), "FIELD_INVALID");
    expect((await service().listDeliveries({ parent: "channels/-" })).deliveries).to.deep.equal([]);
  });

  it("refuses what the network cannot do", async () => {
    await open({}, new FakeConnection({ markdown: true }));
    const reaction = { case: "reaction" as const, value: { platformId: "1", emoji: "👍" } };
    const error = await expectFailure(
      service().sendMessage({ conversation: mia, action: reaction }),
      "CAPABILITY_MISSING",
    );
    expect(error.metadata).to.include({ capability: "react" });
  });

  it("lists the newest first, in pages and by what is asked for", async () => {
    await open();
    network.script.push(refuse);
    await ended((await send("bad")).deliveries[0]);
    for (const text of ["one", "two", "three"]) await ended((await send(text)).deliveries[0]);
    const texts = (found: readonly Delivery[]): unknown[] =>
      found.map(({ action }) => (action?.kind.case === "message" ? action.kind.value.text : ""));
    const list = (more: { filter?: string; pageSize?: number; pageToken?: string } = {}) =>
      service().listDeliveries({ parent: "channels/fake", ...more });
    const first = await list({ pageSize: 3 });
    expect(texts(first.deliveries)).to.deep.equal(["three", "two", "one"]);
    const second = await list({ pageSize: 3, pageToken: first.nextPageToken });
    expect([texts(second.deliveries), second.nextPageToken]).to.deep.equal([["bad"], ""]);
    expect(texts((await list({ filter: "state = FAILED" })).deliveries)).to.deep.equal(["bad"]);
    expect((await list({ filter: `conversation = ${mia} AND state = SENT` })).deliveries).to.have.length(3);
    await expectFailure(list({ filter: "colour = red" }), "FIELD_INVALID");
  });

  it("tries again what failed, with what was given up because of it", async () => {
    await open({ outbound: { textChunkLimit: 32 } });
    network.script.push(refuse);
    const { deliveries } = await send("one two three four five six seven eight");
    for (const delivery of deliveries) expect((await ended(delivery)).state).to.equal(State.FAILED);
    await service().retryDelivery({ name: deliveries[0]?.name ?? "" });
    for (const delivery of deliveries) expect((await ended(delivery)).state).to.equal(State.SENT);
    expect(network.words.slice(1)).to.deep.equal(["say one two three four five six", "say seven eight"]);
    await expectFailure(service().retryDelivery({ name: deliveries[0]?.name ?? "" }), "DELIVERY_STATE");
  });

  it("tries one that waits at once", async () => {
    await open();
    network.script.push(() => Promise.reject(new UnsentError("later", { retryAfterMs: 3_000_000 })));
    const [delivery] = (await send("hello")).deliveries;
    while ((await get(delivery as Delivery))?.retryTime === undefined) await new Promise(setImmediate);
    await service().retryDelivery({ name: delivery?.name ?? "" });
    expect((await ended(delivery)).state).to.equal(State.SENT);
  });

  it("gives up what waits", async () => {
    await open({ enabled: false });
    const [delivery] = (await send("hello")).deliveries;
    const { delivery: discarded } = await service().discardDelivery({ name: delivery?.name ?? "" });
    expect(discarded?.state).to.equal(State.DISCARDED);
    expect(kit.core.channels.get("channels/fake").state).to.equal(ChannelState.STOPPED);
  });

  it("does not know what is not there", async () => {
    await open();
    const name = "channels/fake/deliveries/01ARZ3NDEKTSV4RRFFQ69G5FAV";
    await expectFailure(service().getDelivery({ name }), "NOT_FOUND");
    await expectFailure(service().discardDelivery({ name }), "NOT_FOUND");
    await expectFailure(service().getDelivery({ name: "deliveries/1" }), "FIELD_INVALID");
  });
});
