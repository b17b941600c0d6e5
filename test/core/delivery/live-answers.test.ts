/** Answers while they are written: blocks, previews, typing. */

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type Delivery, Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { type ChannelOverrides, channelSettings } from "../../support/channel-settings.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { ableToAll, FakeConnection, fakeNetwork } from "../../support/fake-line.ts";
import { finish, says, type Turn } from "../../support/scripted-model.ts";
import { until } from "../../support/until.ts";

const first = "This is the first paragraph of the answer.\n\n";
const second = "And this is the second one, which ends it.";

describe("answers while they are written", () => {
  const kits = new CoreKits();
  let kit: Awaited<ReturnType<CoreKits["open"]>>;
  let network: FakeConnection;

  const open = async (outbound: ChannelOverrides["outbound"], able = ableToAll): Promise<void> => {
    network = new FakeConnection(able);
    kit = await kits.open({
      settings: { channels: [channelSettings({ outbound })] },
      channels: { networks: fakeNetwork(network) },
    });
    await until(() => network.host !== undefined, "the channel is online");
  };
  const hear = async (text: string, more: MessageInitShape<typeof InboundMessageSchema> = {}): Promise<string> => {
    const facts = { platformId: text, address: "mia", kind: Kind.DIRECT, senderAddress: "mia", text, ...more };
    return (await network.host?.receive(create(InboundMessageSchema, facts)))?.run ?? "";
  };
  const deliveries = async (): Promise<Delivery[]> => {
    const page = await kit.client.deliveries.listDeliveries({ parent: "channels/-" });
    return page.deliveries.reverse();
  };
  const settled = async (): Promise<void> => {
    while ((await deliveries()).some(({ state }) => state === State.QUEUED || state === State.SENDING)) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  /** Says the pieces, each when the test lets it. */
  const gated = (...pieces: string[]): { turn: Turn; next: () => void } => {
    const gates = pieces.map(() => Promise.withResolvers<void>());
    let opened = 0;
    const turn: Turn = async function* () {
      for (const [index, text] of pieces.entries()) {
        await gates[index]?.promise;
        yield { kind: "text", block: "t", text };
      }
      yield finish;
    };
    return { turn, next: () => gates[opened++]?.resolve() };
  };

  afterEach(() => kits.close());

  it("send finished blocks at once, and the rest when it is there", async () => {
    await open({ streaming: "block", blockMinChars: 20, blockMaxChars: 100 });
    const { turn, next } = gated(first, second);
    kit.model.script(turn);
    const run = await hear("hello");
    next();
    await until(() => network.told.length === 1, "the first block is sent");
    next();
    await kit.ended(run);
    await settled();
    expect(network.words).to.deep.equal([`say ${first.trim()}`, `say ${second}`]);
  });

  it("do not say a block twice after a crash", async () => {
    await open({ streaming: "block", blockMinChars: 20, blockMaxChars: 100 });
    const { turn, next } = gated(first, second);
    kit.model.script(turn, says(first, second));
    const run = await hear("hello");
    next();
    await until(() => network.told.length === 1, "the first block is sent");
    await settled();
    await kit.restart();
    await kit.ended(run);
    await settled();
    expect(network.words).to.deep.equal([`say ${first.trim()}`, `say ${second}`]);
  });

  it("send what is finished, however short, once the model pauses", async () => {
    await open({ streaming: "block", blockMinChars: 500, blockMaxChars: 900, blockIdleMs: 1 });
    const { turn, next } = gated("A line.\nAnd the beginning of ano", "ther one.");
    kit.model.script(turn);
    const run = await hear("hello");
    next();
    await until(() => {
      kit.clock.advance(5);
      return network.told.length === 1;
    }, "the finished line is sent");
    next();
    await kit.ended(run);
    await settled();
    expect(network.words).to.deep.equal(["say A line.", "say And the beginning of another one."]);
  });

  it("make a pause before the rest of an answer, as a person would", async () => {
    const humanDelay = { minMs: 60_000, maxMs: 60_000 };
    await open({ streaming: "block", blockMinChars: 20, blockMaxChars: 100, humanDelay });
    const { turn, next } = gated(first, second);
    kit.model.script(turn);
    const run = await hear("hello");
    next();
    await until(() => network.told.length === 1, "the first block is sent");
    next();
    await kit.ended(run);
    const [sent, rest] = await deliveries();
    expect([sent?.retryTime, rest?.state]).to.deep.equal([undefined, State.QUEUED]);
    const createMs = rest?.createTime === undefined ? 0 : timestampMs(rest.createTime);
    expect(rest?.retryTime && timestampMs(rest.retryTime) - createMs).to.equal(60_000);
  });

  it("show a preview and turn it into the answer", async () => {
    await open({ streaming: "partial" });
    const { turn, next } = gated(first, second);
    kit.model.script(turn);
    const run = await hear("hello");
    next();
    await until(() => network.told.length === 1, "the preview is sent");
    next();
    await kit.ended(run);
    await settled();
    const words = network.words;
    expect(words[0]).to.equal(`say ${first.trim()}`);
    expect(words.at(-1)).to.equal(`edit sent-1 ${first}${second}`);
    expect(words.filter((word) => word.startsWith("say"))).to.have.length(1);
  });

  it("bring a preview up to date as often as they grow, each time as another thing to do", async () => {
    await open({ streaming: "partial" });
    const { turn, next } = gated("This is how the answer begins, ", "goes on, ", "goes on again, ", "and ends.");
    kit.model.script(turn);
    const run = await hear("hello");
    for (const count of [1, 2, 3]) {
      next();
      await until(() => network.told.length === count, `the network was told ${count} times`);
    }
    const names = network.told.map(({ attempt }) => attempt.delivery);
    next();
    await kit.ended(run);
    await settled();
    expect(new Set(names).size).to.equal(3);
    expect(network.words.at(-1)).to.contain("and ends.");
  });

  it("turn the preview of a process that died into the answer", async () => {
    await open({ streaming: "partial" });
    const { turn, next } = gated(first, second);
    kit.model.script(turn, says(first, second));
    const run = await hear("hello");
    next();
    await until(() => network.told.length === 1, "the preview is sent");
    await settled();
    await kit.restart();
    await kit.ended(run);
    await settled();
    expect(network.words.filter((word) => word.startsWith("say"))).to.have.length(1);
    expect(network.words.at(-1)).to.equal(`edit sent-1 ${first}${second}`);
  });

  it("show no preview where nothing can be changed", async () => {
    await open({ streaming: "partial" }, { ...ableToAll, edit: false });
    const { turn, next } = gated(first, second);
    kit.model.script(turn);
    const run = await hear("hello");
    next();
    await kit.model.called(1);
    next();
    await kit.ended(run);
    await settled();
    expect(network.words).to.deep.equal([`say ${first}${second}`]);
  });

  it("keep silent what may still be silence", async () => {
    await open({ streaming: "block", blockMinChars: 1, blockMaxChars: 10 });
    const { turn, next } = gated("NO_", "REPLY");
    kit.model.script(turn);
    const run = await hear("hello");
    next();
    next();
    await kit.ended(run);
    expect(await deliveries()).to.deep.equal([]);
  });

  for (const [mode, mentionsUs, kind, shown] of [
    ["auto", false, Kind.DIRECT, true],
    ["auto", true, Kind.GROUP, true],
    ["auto", false, Kind.GROUP, false],
    ["never", true, Kind.DIRECT, false],
    ["thinking", true, Kind.DIRECT, false],
  ] as const) {
    const who = kind === Kind.DIRECT ? "to a person" : mentionsUs ? "to who meant us in a group" : "in a group";
    it(`${shown ? "show" : "do not show"} before the first word that the agent writes ${who}: ${mode}`, async () => {
      await open({ typingMode: mode });
      const { turn, next } = gated("done");
      kit.model.script(turn);
      const run = await hear("hello", { mentionsUs, kind });
      await kit.model.called(1);
      if (shown) await until(() => network.typed.length > 0, "typing is shown");
      else expect(network.typed).to.deep.equal([]);
      next();
      await kit.ended(run);
    });
  }

  it("show that the agent writes as soon as it thinks", async () => {
    await open({ typingMode: "thinking" });
    const { promise, resolve } = Promise.withResolvers<void>();
    kit.model.script(async function* () {
      yield { kind: "thinking", block: "t", text: "hm" };
      await promise;
      yield { kind: "text", block: "a", text: "done" };
      yield finish;
    });
    const run = await hear("hello");
    await until(() => network.typed.length === 1, "typing is shown");
    resolve();
    await kit.ended(run);
  });

  it("show that the agent writes, to the network and to watchers", async () => {
    await open({ typingMode: "instant" });
    const { turn, next } = gated("done");
    kit.model.script(turn);
    const stop = new AbortController();
    const seen: boolean[] = [];
    const watch = (async () => {
      const subjects = ["channels/**"];
      for await (const step of kit.client.followEvents({ subjects, includeSignals: true, signal: stop.signal })) {
        if (step.kind === "signal" && step.signal.kind.case === "typing") seen.push(step.signal.kind.value.active);
      }
    })();
    const run = await hear("hello");
    await until(() => network.typed.length > 0 && seen.length > 0, "typing is shown");
    next();
    await kit.ended(run);
    await until(() => network.typed.length > 1 && seen.length > 1, "it is no longer shown");
    stop.abort();
    await watch;
    expect([network.typed, seen]).to.deep.equal([
      ["+mia", "-mia"],
      [true, false],
    ]);
  });
});
