/** Rules that need more than one message: resets, echoes, loops, mentions by pattern, collecting. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { DeliverySchema, Delivery_State as State } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { type Ingress, Ingress_Outcome as Outcome } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { AccessSettings } from "../../../../src/core/channel/channel-settings.ts";
import { type InboundKit, InboundKits } from "../../../support/inbound-kit.ts";
import { hangs } from "../../../support/scripted-model.ts";

const minute = 60_000;

describe("a session that is due to begin anew", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  const idle = { mode: "idle", atHour: 4, idleMinutes: 30 } as const;
  const generation = async ({ core }: InboundKit) =>
    (await core.client.sessions.getSession({ name: "sessions/main" })).session?.generation;

  it("begins anew with the next message, before that is accepted", async () => {
    const kit = await kits.open({ messaging: { reset: idle } });
    await kit.answered(await kit.receive({ text: "before" }));
    kit.core.clock.advance(29 * minute);
    await kit.answered(await kit.receive({ text: "soon" }));
    expect(await generation(kit)).to.equal(1);
    kit.core.clock.advance(31 * minute);
    await kit.answered(await kit.receive({ text: "after" }));
    expect(await generation(kit)).to.equal(2);
    expect(await kit.texts()).to.deep.equal(["after", "done"]);
  });

  it("goes on while it is at work", async () => {
    const kit = await kits.open({ messaging: { reset: idle } });
    kit.core.model.script(hangs());
    await kit.receive({ text: "before" });
    kit.core.clock.advance(31 * minute);
    await kit.receive({ text: "after" });
    expect(await generation(kit)).to.equal(1);
  });

  it("is not begun anew by what is not answered", async () => {
    const kit = await kits.open({ messaging: { reset: idle } });
    await kit.answered(await kit.receive());
    kit.core.clock.advance(31 * minute);
    await kit.receive({ text: "" });
    expect(await generation(kit)).to.equal(1);
  });
});

describe("what we said ourselves", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  async function sent(kit: InboundKit, text: string, platformId = "ours"): Promise<void> {
    const delivery = create(DeliverySchema, {
      name: `channels/fake/deliveries/${platformId}`,
      conversation: "channels/fake/conversations/mia",
      state: State.SENT,
      action: { kind: { case: "message", value: { text } } },
      attempts: 1,
      platformIds: [platformId],
      createTime: timestampFromMs(kit.core.clock.nowMs()),
      endTime: timestampFromMs(kit.core.clock.nowMs()),
    });
    await kit.core.store.transact(({ deliveries }) =>
      deliveries.insert({ delivery, position: 1, batch: delivery.name }),
    );
  }

  it("is known by its id, and not heard", async () => {
    const kit = await kits.open();
    await sent(kit, "hi");
    expect(await kit.receive({ platformId: "ours", text: "hi" })).to.include({
      outcome: Outcome.SUPPRESSED,
      rule: "echo",
    });
    expect(await kit.receive({ platformId: "other", text: "hi" })).to.include({ outcome: Outcome.ACCEPTED });
  });

  it("is known by its id however much we have said since", async () => {
    const kit = await kits.open();
    await sent(kit, "hi");
    for (let count = 0; count < 20; count++) await sent(kit, `piece ${count}`, `piece-${count}`);
    expect(await kit.receive({ platformId: "ours", text: "hi" })).to.include({ rule: "echo" });
  });

  it("is known by its text when a program says it at once, whatever its id", async () => {
    const kit = await kits.open({ channel: { access: { allowBots: true } } });
    await sent(kit, "hi");
    expect(await kit.receive({ text: " hi ", senderIsBot: true })).to.include({ rule: "echo" });
    kit.core.clock.advance(31_000);
    expect(await kit.receive({ text: "hi", senderIsBot: true })).to.include({ outcome: Outcome.ACCEPTED });
  });
});

describe("two programs", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  it("do not talk with each other without end", async () => {
    const botLoop = { maxEvents: 4, windowMs: minute, cooldownMs: minute };
    const kit = await kits.open({ channel: { access: { allowBots: true } }, messaging: { botLoop } });
    const outcomes: string[] = [];
    for (let count = 0; count < 4; count++) outcomes.push((await kit.receiveInRoom({ senderIsBot: true })).rule);
    expect(outcomes).to.deep.equal(["groupPolicy=open", "groupPolicy=open", "botLoop", "botLoop"]);
    expect(await kit.receiveInRoom()).to.include({ outcome: Outcome.ACCEPTED });
    kit.core.clock.advance(minute);
    expect(await kit.receiveInRoom({ senderIsBot: true })).to.include({ outcome: Outcome.ACCEPTED });
  });
});

describe("what programs say", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  const open = (access: Partial<AccessSettings>) => kits.open({ channel: { access } });

  it("counts only where it would be heard", async () => {
    const kit = await open({ allowBots: "mentions", botLoop: { maxEvents: 2 } });
    for (let count = 0; count < 3; count++) await kit.receiveInRoom({ senderIsBot: true });
    expect(await kit.receiveInRoom({ senderIsBot: true, mentionsUs: true })).to.include({ outcome: Outcome.ACCEPTED });
    expect(await kit.receiveInRoom({ senderIsBot: true, mentionsUs: true })).to.include({ rule: "botLoop" });
  });

  it("may be less in one group than on the channel, and on the channel than elsewhere", async () => {
    const groups = { "*": {}, "#room": { botLoop: { maxEvents: 1 } } };
    const kit = await open({ allowBots: true, groups, botLoop: { maxEvents: 2 } });
    expect(await kit.receiveInRoom({ senderIsBot: true })).to.include({ rule: "botLoop" });
    const hall = { address: "#hall", senderIsBot: true };
    expect(await kit.receiveInRoom(hall)).to.include({ outcome: Outcome.ACCEPTED });
    expect(await kit.receiveInRoom(hall)).to.include({ rule: "botLoop" });
  });
});

describe("messages while the session is busy", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  it("that are collected are answered together only where they go to the same conversation", async () => {
    const kit = await kits.open({ core: { settings: { queue: { mode: "collect" } } } });
    kit.core.model.script(hangs());
    await kit.receive({ text: "work" });
    const [a, b] = [await kit.receive({ text: "a" }), await kit.receive({ text: "b" })];
    const other = await kit.receive({ text: "c", address: "ann", senderAddress: "ann" });
    expect(b.run).to.equal(a.run);
    expect(other.run).not.to.equal(a.run);
  });
});

describe("the model of a conversation", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  const modelOf = async (kit: InboundKit, { run: name }: Ingress) =>
    (await kit.core.client.runs.getRun({ name })).run?.settings?.model;

  it("is the one of its address, else of its group, else of any", async () => {
    const kit = await kits.open({ channel: { models: { "#Room": "test/room", mia: "test/mia", "*": "test/any" } } });
    expect(await modelOf(kit, await kit.receiveInRoom())).to.equal("test/room");
    const thread = { kind: Kind.THREAD, address: "7", parentAddress: "#room" };
    expect(await modelOf(kit, await kit.receive(thread))).to.equal("test/room");
    expect(await modelOf(kit, await kit.receive({ address: "dm-1" }))).to.equal("test/mia");
    expect(await modelOf(kit, await kit.receiveInRoom({ address: "#hall" }))).to.equal("test/any");
  });

  it("leaves the word to a session that has one", async () => {
    const kit = await kits.open({ channel: { models: { "*": "test/any" } } });
    await kit.receive({ text: "/model test/one" });
    expect(await modelOf(kit, await kit.receive())).to.equal(undefined);
  });
});

describe("a pattern of the configuration", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  it("is as good as a mention", async () => {
    const access = { requireMention: true };
    const kit = await kits.open({ channel: { access }, messaging: { mentionPatterns: ["\\bclaw\\b"] } });
    expect(await kit.receiveInRoom({ text: "hey Claw!" })).to.include({ outcome: Outcome.ACCEPTED });
    expect(await kit.receiveInRoom({ text: "hey clawd" })).to.include({ outcome: Outcome.CONTEXT });
  });
});
