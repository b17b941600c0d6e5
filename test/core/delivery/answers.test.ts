/** How the answers of runs leave: planned with the answer, in the form the channel wants. */

import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type Delivery, Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { tooManySteps } from "../../../src/core/run/run-failure.ts";
import { type ChannelOverrides, channelSettings } from "../../support/channel-settings.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { FakeConnection, fakeNetwork } from "../../support/fake-line.ts";
import { asks, fails, says, type Turn, waits } from "../../support/scripted-model.ts";
import { scriptedTool } from "../../support/scripted-tool.ts";
import { until } from "../../support/until.ts";

describe("answers on channels", () => {
  const kits = new CoreKits();
  let kit: Awaited<ReturnType<CoreKits["open"]>>;
  let network: FakeConnection;

  /** A core with one channel, "fake". */
  const open = async (overrides: ChannelOverrides = {}, messaging = {}): Promise<void> => {
    network = new FakeConnection();
    kit = await kits.open({
      settings: { channels: [channelSettings(overrides)], messaging },
      channels: { networks: fakeNetwork(network) },
      tools: [scriptedTool("look", { answer: () => ({ text: "seen" }) })],
    });
    await until(() => network.host !== undefined, "the channel is online");
  };

  let received = 0;
  /** Hands in a message; answers its run. */
  const hear = async (text: string, kind: Kind = Kind.DIRECT): Promise<string> => {
    received += 1;
    const address = kind === Kind.DIRECT ? "mia" : "#room";
    const message = create(InboundMessageSchema, {
      platformId: `in-${received}`,
      address,
      kind,
      senderAddress: "mia",
      text,
      mentionsUs: true,
    });
    const ingress = await network.host?.receive(message);
    return ingress?.run ?? "";
  };
  /** Hands in a message and waits for the end of its run and of all that it sent. */
  const ask = async (text: string, kind?: Kind): Promise<Run> => {
    const run = await kit.ended(await hear(text, kind));
    await settled();
    return run;
  };
  const deliveries = async (): Promise<Delivery[]> => {
    const page = await kit.client.deliveries.listDeliveries({ parent: "channels/-" });
    return page.deliveries.reverse();
  };
  const settled = async (): Promise<void> => {
    for (;;) {
      const waiting = (await deliveries()).some(({ state }) => state === State.QUEUED || state === State.SENDING);
      if (!waiting) return;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const script = (...turns: Turn[]): void => kit.model.script(...turns);

  afterEach(() => kits.close());

  it("leave for where the message came from, with the run and the message they are of", async () => {
    await open();
    const run = await ask("hello");
    const [delivery] = await deliveries();
    expect(network.words).to.deep.equal(["say done"]);
    expect(delivery).to.include({
      state: State.SENT,
      run: run.name,
      message: run.outputs[0],
      conversation: "channels/fake/conversations/mia",
      creator: "gateway",
    });
  });

  it("leave in pieces that fit, in order", async () => {
    await open({ outbound: { textChunkLimit: 40 } });
    script(says("One two three four five six seven.\n\nEight nine ten eleven twelve."));
    await ask("count");
    expect(network.words).to.deep.equal([
      "say One two three four five six seven.",
      "say Eight nine ten eleven twelve.",
    ]);
    expect((await deliveries()).map(({ chunk, chunkCount }) => `${chunk}/${chunkCount}`)).to.deep.equal(["0/2", "1/2"]);
  });

  it("say what was said before a tool was called", async () => {
    await open();
    script(asks([["c1", "look"]], "Let me look."), says("It is there."));
    await ask("where is it?");
    expect(network.words).to.deep.equal(["say Let me look.", "say It is there."]);
  });

  it("do not leave when they say nothing", async () => {
    await open();
    script(says("NO_REPLY"));
    await ask("psst");
    expect(await deliveries()).to.deep.equal([]);
  });

  it("begin with the prefix, once", async () => {
    await open({ outbound: { responsePrefix: "{identity.name}|{model}:" } });
    script(asks([["c1", "look"]], "Let me look."), says("There."));
    await ask("where?");
    expect(network.words).to.deep.equal(["say main|one: Let me look.", "say There."]);
  });

  for (const [mode, ids] of [
    ["off", ["", ""]],
    ["first", ["in", ""]],
    ["all", ["in", "in"]],
  ] as const) {
    it(`answer the message they are for: ${mode}`, async () => {
      await open({ outbound: { replyToMode: mode, textChunkLimit: 32 } });
      script(says("One two three four five six. Seven eight nine."));
      await ask("count");
      const replies = network.told.map(({ action: { kind } }) => (kind.case === "message" ? kind.value.replyTo : "?"));
      expect(replies).to.deep.equal(ids.map((id) => (id === "" ? "" : `in-${received}`)));
    });
  }

  it("answer a message only where they answer several: batched", async () => {
    await open({ outbound: { replyToMode: "batched" } });
    script(says("alone"));
    await ask("hello");
    const { promise, resolve } = Promise.withResolvers<void>();
    script(waits(promise, "to"), says("and more"));
    const run = await hear("first");
    await kit.model.called(2);
    await hear("second");
    resolve();
    await kit.ended(run);
    await settled();
    expect(network.words.slice(0, 2)).to.deep.equal(["say alone", `say toafter (to in-${received})`]);
  });

  it("answer what the agent wants them to, whatever the settings say", async () => {
    await open();
    script(says("[[reply_to_current]] yes"), says("[[reply_to:99]]no"));
    await ask("one");
    const first = received;
    await ask("two");
    expect(network.words).to.deep.equal([`say yes (to in-${first})`, "say no (to 99)"]);
  });

  it("tell a person that there will be none, and leave a group alone", async () => {
    await open();
    script(fails(tooManySteps(3)), fails(tooManySteps(3)));
    await ask("hello", Kind.GROUP);
    expect(network.words).to.deep.equal([]);
    await ask("hello");
    expect(network.words).to.have.length(1);
    expect(network.words[0]).to.match(/^say ⚠️ No answer: /);
  });

  it("say so where a tool failed and the agent found no words, but not where it chose to say nothing", async () => {
    await open();
    script(asks([["c1", "nowhere"]]), says(""), asks([["c2", "nowhere"]]), says("NO_REPLY"));
    await ask("hello");
    await ask("psst");
    expect(network.words).to.deep.equal(["say ⚠️ No answer: a tool failed."]);
  });

  it("stop with the run", async () => {
    await open();
    const { promise, resolve } = Promise.withResolvers<void>();
    script(waits(promise, "half"));
    const name = await hear("hello");
    await kit.model.called(1);
    await kit.client.runs.cancelRun({ name });
    resolve();
    await kit.ended(name);
    expect(await deliveries()).to.deep.equal([]);
  });

  it("are kept, with the reason, where the send policy denies them", async () => {
    await open({}, { sendDefault: "deny" });
    await ask("hello");
    const [delivery] = await deliveries();
    expect(delivery).to.include({ state: State.DISCARDED });
    expect(delivery?.error?.reason).to.equal(ErrorReason.SEND_DENIED);
    expect(network.words).to.deep.equal([]);
  });

  it("say what they used where the session wants that", async () => {
    await open();
    await hear("/usage full");
    await settled();
    network.told.length = 0;
    await ask("hello");
    expect(network.words).to.deep.equal(["say done\n\n[10 tokens in, 5 out, test/one]"]);
  });

  it("say what they used where the configuration wants that and the session does not say otherwise", async () => {
    await open({}, { responseUsage: "tokens" });
    await ask("hello");
    await hear("/usage off");
    await settled();
    await ask("hello");
    expect(network.words.filter((words) => words.startsWith("say done"))).to.deep.equal([
      "say done\n\n[10 tokens in, 5 out]",
      "say done",
    ]);
  });

  for (const [scope, kind, expected] of [
    ["direct", Kind.DIRECT, true],
    ["direct", Kind.GROUP, false],
    ["group-mentions", Kind.GROUP, true],
    ["group-mentions", Kind.DIRECT, false],
    ["all", Kind.DIRECT, true],
    ["off", Kind.DIRECT, false],
  ] as const) {
    it(`are ${expected ? "" : "not "}announced by a reaction ${kind === Kind.DIRECT ? "to a person" : "in a group"}: ${scope}`, async () => {
      await open({ outbound: { ackReaction: "👀", ackReactionScope: scope } });
      await kit.core.channels.settled();
      await ask("hello", kind);
      const said = [expected ? `react in-${received} 👀` : "", "say done"];
      expect(network.words).to.deep.equal(said.filter(Boolean));
    });
  }

  it("take the reaction away from every message they answered, where the channel wants that", async () => {
    await open({ outbound: { ackReaction: "👀", ackReactionScope: "direct", removeAck: true } });
    await kit.core.channels.settled();
    const { promise, resolve } = Promise.withResolvers<void>();
    script(waits(promise, "one"), says("two"));
    const run = await hear("first");
    await kit.model.called(1);
    await hear("second");
    resolve();
    await kit.ended(run);
    await settled();
    const [first, second] = [received - 1, received];
    expect(network.words.slice(0, 2)).to.deep.equal([`react in-${first} 👀`, `react in-${second} 👀`]);
    const taken = network.told.flatMap(({ action: { kind } }) =>
      kind.case === "reaction" && kind.value.remove ? [`${kind.value.platformId} ${kind.value.emoji}`] : [],
    );
    expect(taken).to.deep.equal([`in-${first} 👀`, `in-${second} 👀`]);
    expect(network.told.at(-1)?.action.kind.case).to.equal("reaction");
    await ask("in a group, where nothing was put up", Kind.GROUP);
    expect(network.words.at(-1)).to.equal("say done");
  });

  it("leave after a restart when the channel was away", async () => {
    await open();
    await kit.core.outbound.outbox.drain(0);
    await kit.ended(await hear("hello"));
    await kit.restart();
    await until(() => network.told.length > 0, "the answer is sent");
    await settled();
    expect(network.words).to.deep.equal(["say done"]);
  });
});
