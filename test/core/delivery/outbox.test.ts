/** The outbox: order, outcomes, retries, expiry, restarts. */

import { expect } from "chai";
import { type Delivery, Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { UnsentError } from "../../../src/core/channel/network.ts";
import { FakeConnection, type Response } from "../../support/fake-line.ts";
import { act, OutboxKit, room, say, statesOf } from "../../support/outbox-kit.ts";
import { eventually, until } from "../../support/until.ts";

const unsent = (options: { permanent?: boolean; retryAfterMs?: number } = {}): Response => {
  return () => Promise.reject(new UnsentError("no", options));
};
const breaks: Response = () => Promise.reject(new Error("the line broke"));
const hangs: Response = ({ attempt: { signal } }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

describe("Outbox", () => {
  let kit: OutboxKit;
  const open = async (connection?: FakeConnection, times = {}): Promise<FakeConnection> => {
    kit = new OutboxKit(connection, times);
    await kit.start();
    return kit.connection;
  };

  afterEach(() => kit.close());

  it("sends what was queued and keeps the network's ids", async () => {
    const network = await open();
    kit.lines.set(network);
    await kit.queue(room("mia"), [say("hello")]);
    const [delivery] = await kit.settled();
    expect(delivery).to.deep.include({ attempts: 1, platformIds: ["sent-1"] });
    expect(network.told[0]?.to.address).to.equal("mia");
  });

  it("sends what waited when its channel comes online", async () => {
    const network = await open();
    await kit.queue(room("mia"), [say("hello")]);
    expect(network.told).to.have.length(0);
    kit.lines.set(network);
    expect(statesOf(await kit.settled())).to.deep.equal(["SENT"]);
  });

  it("keeps the order of a conversation across retries", async () => {
    const network = await open();
    network.script.push(unsent(), unsent());
    kit.lines.set(network);
    await kit.queue(room("mia"), [say("one"), say("two")]);
    await kit.queue(room("mia"), [say("three")]);
    await kit.settled();
    expect(network.words).to.deep.equal(["say one", "say one", "say one", "say two", "say three"]);
    expect(network.told.map(({ attempt }) => attempt.attempt)).to.deep.equal([1, 2, 3, 1, 1]);
  });

  describe("on a store that takes no changes for a while", () => {
    const fills = (answer: Response): Response => {
      return (told) => {
        kit.refuses = true;
        return answer(told);
      };
    };
    const refused = async (network: FakeConnection): Promise<void> => {
      kit.lines.set(network);
      await kit.queue(room("mia"), [say("hello")]);
      await until(() => kit.refuses, "the message was sent and cannot be kept");
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(statesOf(await kit.all())).to.deep.equal(["SENDING"]);
    };

    it("keeps what the network said as soon as it can", async () => {
      const network = await open();
      network.script.push(fills(async () => ["told"]));
      await refused(network);
      kit.refuses = false;
      const [delivery] = await kit.settled();
      expect(delivery).to.deep.include({ state: State.SENT, attempts: 1, platformIds: ["told"] });
      expect(network.words).to.deep.equal(["say hello"]);
    });

    it("tries again what was not sent", async () => {
      const network = await open();
      network.script.push(fills(unsent()));
      await refused(network);
      kit.refuses = false;
      expect(statesOf(await kit.settled())).to.deep.equal(["SENT"]);
      expect(network.words).to.deep.equal(["say hello", "say hello"]);
    });

    it("keeps it while the channel is away, and when the message has expired", async () => {
      const network = await open();
      network.script.push(fills(async () => ["told"]));
      await refused(network);
      kit.lines.set(undefined);
      kit.clock.advance(4_000_000);
      kit.refuses = false;
      expect(statesOf(await kit.settled())).to.deep.equal(["SENT"]);
    });

    it("keeps it at the end when it takes changes by then", async () => {
      const network = await open(undefined, { retryCapMs: 60_000, sweepMs: 60_000 });
      network.script.push(fills(async () => ["told"]));
      await refused(network);
      kit.refuses = false;
      await kit.stop();
      await kit.start();
      expect(statesOf(await kit.all())).to.deep.equal(["SENT"]);
    });
  });

  for (const backMs of [7_200_000, 60_000]) {
    it(`waits no longer than its pause when the clock is set back by ${backMs} ms meanwhile`, async () => {
      const network = await open();
      network.script.push(unsent(), unsent({ retryAfterMs: 500 }));
      await kit.queue(room("mia"), [say("hello")]);
      kit.clock.advance(120_000);
      kit.lines.set(network);
      const waits = ({ state, attempts }: Delivery): boolean => state === State.QUEUED && attempts === 2;
      await eventually("it waits", async () => (await kit.all()).every(waits) || undefined);
      kit.clock.advance(-backMs);
      expect(statesOf(await kit.settled())).to.deep.equal(["SENT"]);
    });
  }

  it("does not wait until the clock has caught up after a restart", async () => {
    const network = await open();
    network.script.push(unsent({ retryAfterMs: 500 }));
    kit.lines.set(network);
    await kit.queue(room("mia"), [say("hello")]);
    const waits = ({ state, attempts }: Delivery): boolean => state === State.QUEUED && attempts === 1;
    await eventually("it waits", async () => (await kit.all()).every(waits) || undefined);
    await kit.stop();
    kit.clock.advance(-7_200_000);
    await kit.start();
    expect(statesOf(await kit.settled())).to.deep.equal(["SENT"]);
  });

  it("does not let one conversation wait for another", async () => {
    const network = await open();
    network.script.push(hangs);
    kit.lines.set(network);
    const [stuck] = await kit.queue(room("slow"), [say("stuck")]);
    await until(() => network.told.length === 1, "the first is being sent");
    await kit.queue(room("mia"), [say("hello")]);
    await until(() => network.told.length === 2, "the other is sent");
    expect((await kit.get(stuck as never)).state).to.equal(2);
  });

  it("sends another conversation's message next, however many of one conversation wait", async () => {
    const network = await open(undefined, { parallel: 1 });
    const texts: string[] = [];
    const heard: Response = async ({ action }) => {
      const text = action.kind.case === "message" ? action.kind.value.text : "";
      // The other one comes while the first of many is being sent.
      if (texts.push(text) === 1) await kit.queue(room("mia"), [say("calm")]);
      return [text];
    };
    network.script.push(...Array<Response>(101).fill(heard));
    const flood = Array.from({ length: 100 }, (_, index) => say(`flood ${index}`));
    for (const action of flood) await kit.queue(room("flood"), [action]);
    kit.lines.set(network);
    await kit.settled();
    expect(texts.indexOf("calm")).to.be.at.most(2);
    expect(texts.filter((text) => text !== "calm")).to.deep.equal(flood.map((_, index) => `flood ${index}`));
  });

  it("sends at most so many of a channel at a time", async () => {
    const network = await open(undefined, { parallel: 2 });
    let open_ = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    const gated: Response = async () => {
      most = Math.max(most, ++open_);
      await new Promise<void>((resolve) => gates.push(resolve));
      open_ -= 1;
      return ["x"];
    };
    network.script.push(gated, gated, gated, gated);
    kit.lines.set(network);
    for (const id of ["a", "b", "c", "d"]) await kit.queue(room(id), [say(id)]);
    for (let freed = 0; freed < 4; freed++) {
      await until(() => gates.length > 0, "one is being sent");
      gates.shift()?.();
    }
    await kit.settled();
    expect(most).to.equal(2);
  });

  it("honours when the network wants to be asked again", async () => {
    const network = await open();
    network.script.push(unsent({ retryAfterMs: 3_600_000 }));
    kit.lines.set(network);
    const [delivery] = await kit.queue(room("mia"), [say("hello")], { expireMs: 86_400_000 });
    await until(() => network.told.length === 1, "it was tried");
    await kit.inStates((state) => state === 1);
    const { retryTime, createTime } = await kit.get(delivery as never);
    expect(Number(retryTime?.seconds) - Number(createTime?.seconds)).to.be.within(3_599, 3_700);
  });

  it("does not wait for longer than a month, whatever the network says", async () => {
    const network = await open();
    network.script.push(unsent({ retryAfterMs: Number.POSITIVE_INFINITY }));
    kit.lines.set(network);
    const [delivery] = await kit.queue(room("mia"), [say("hello")], { expireMs: 86_400_000 });
    await until(() => network.told.length === 1, "it was tried");
    await kit.inStates((state) => state === 1);
    const { retryTime, createTime } = await kit.get(delivery as never);
    expect(Number(retryTime?.seconds) - Number(createTime?.seconds)).to.be.within(2_591_999, 2_592_100);
  });

  it("gives up for good what the network refuses, with the rest of the same message", async () => {
    const network = await open();
    network.script.push(unsent({ permanent: true }));
    kit.lines.set(network);
    await kit.queue(room("mia"), [say("one"), say("two")]);
    await kit.queue(room("mia"), [say("other")]);
    const deliveries = await kit.settled();
    expect(statesOf(deliveries)).to.deep.equal(["FAILED", "FAILED", "SENT"]);
    expect(deliveries[0]?.error?.reason).to.equal(ErrorReason.NETWORK_REFUSED);
    expect(deliveries[1]).to.deep.include({ attempts: 0 });
    expect(network.words).to.deep.equal(["say one", "say other"]);
  });

  it("gives up after so many tries", async () => {
    const network = await open(undefined, { maxAttempts: 3 });
    network.script.push(unsent(), unsent(), unsent());
    kit.lines.set(network);
    await kit.queue(room("mia"), [say("hello")]);
    const [delivery] = await kit.settled();
    expect([delivery?.attempts, delivery?.error?.reason]).to.deep.equal([3, ErrorReason.NETWORK_UNAVAILABLE]);
    expect(statesOf([delivery as never])).to.deep.equal(["FAILED"]);
  });

  it("never repeats by itself what may have been sent", async () => {
    const network = await open();
    network.script.push(breaks);
    kit.lines.set(network);
    await kit.queue(room("mia"), [say("one"), say("two")]);
    await kit.queue(room("mia"), [say("other")]);
    const deliveries = await kit.settled();
    expect(statesOf(deliveries)).to.deep.equal(["AMBIGUOUS", "FAILED", "SENT"]);
    expect(deliveries[0]?.error).to.deep.include({ reason: ErrorReason.OUTCOME_UNKNOWN, message: "the line broke" });
    expect(network.words).to.deep.equal(["say one", "say other"]);
  });

  it("sends it again, marked, where the channel wants that", async () => {
    const network = await open();
    network.script.push(breaks);
    kit.lines.set(network, { outbound: { onAmbiguous: "resend" } });
    await kit.queue(room("mia"), [say("one"), say("two")]);
    expect(statesOf(await kit.settled())).to.deep.equal(["SENT", "SENT"]);
    expect(network.words).to.deep.equal(["say one", "say (this may be a repeat) one", "say two"]);
  });

  it("goes on with the rest of the message where the channel drops it", async () => {
    const network = await open();
    network.script.push(breaks);
    kit.lines.set(network, { outbound: { onAmbiguous: "drop" } });
    await kit.queue(room("mia"), [say("one"), say("two")]);
    expect(statesOf(await kit.settled())).to.deep.equal(["AMBIGUOUS", "SENT"]);
  });

  it("repeats changes and reactions, which do no harm twice", async () => {
    const network = await open();
    network.script.push(breaks, breaks);
    kit.lines.set(network);
    await kit.queue(room("mia"), [act({ case: "edit", value: { platformId: "7", text: "new" } })]);
    expect(statesOf(await kit.settled())).to.deep.equal(["SENT"]);
    expect(network.told).to.have.length(3);
  });

  for (const [what, found, words] of [
    ["sent", { outcome: "sent", platformIds: ["9"] }, ["say one", "say two"]],
    ["not sent", { outcome: "unsent" }, ["say one", "say one", "say two"]],
  ] as const) {
    it(`asks the network what became of it: ${what}`, async () => {
      const network = await open();
      network.script.push(breaks);
      network.reconcile = async () => found;
      kit.lines.set(network);
      await kit.queue(room("mia"), [say("one"), say("two")]);
      expect(statesOf(await kit.settled())).to.deep.equal(["SENT", "SENT"]);
      expect(network.words).to.deep.equal(words);
    });
  }

  it("waits for the channel before it asks what became of it", async () => {
    const network = await open();
    network.script.push(async () => {
      kit.lines.set(undefined);
      throw new Error("the line broke");
    });
    network.reconcile = async () => ({ outcome: "sent", platformIds: ["9"] });
    kit.lines.set(network);
    await kit.queue(room("mia"), [say("one")]);
    await until(() => network.told.length === 1, "it was tried");
    expect(statesOf(await kit.inStates((state) => state === 2))).to.deep.equal(["SENDING"]);
    kit.lines.set(network);
    expect((await kit.settled())[0]?.platformIds).to.deep.equal(["9"]);
  });

  it("gives up what waited too long, on a channel that is away", async () => {
    await open();
    await kit.queue(room("mia"), [say("old")], { expireMs: 1_000 });
    kit.clock.advance(2_000);
    expect(statesOf(await kit.settled())).to.deep.equal(["EXPIRED"]);
  });

  it("sends nothing old after a restart", async () => {
    const network = await open();
    await kit.queue(room("mia"), [say("old")], { expireMs: 1_000 });
    await kit.queue(room("mia"), [say("new")]);
    await kit.stop();
    kit.clock.advance(2_000);
    kit.lines.set(network);
    await kit.start();
    expect(statesOf(await kit.settled())).to.deep.equal(["EXPIRED", "SENT"]);
    expect(network.words).to.deep.equal(["say new"]);
  });

  it("goes on after a restart where it was, and says what nobody knows", async () => {
    const network = await open(undefined, { abortMs: 0 });
    network.reconcile = async () => undefined;
    network.script.push(hangs);
    kit.lines.set(network);
    await kit.queue(room("mia"), [say("one")]);
    await kit.queue(room("mia"), [say("two")]);
    await until(() => network.told.length === 1, "it was tried");
    await kit.stop();
    await kit.start();
    expect(statesOf(await kit.settled())).to.deep.equal(["AMBIGUOUS", "SENT"]);
    expect(network.words).to.deep.equal(["say one", "say two"]);
  });

  it("does not wait for ever to learn what a channel that is gone did", async () => {
    const network = await open(undefined, { abortMs: 0 });
    network.reconcile = async () => undefined;
    network.script.push(hangs);
    kit.lines.set(network);
    await kit.queue(room("mia"), [say("one")], { expireMs: 60_000 });
    await until(() => network.told.length === 1, "it was tried");
    await kit.stop();
    kit.lines.set(undefined);
    kit.clock.advance(120_000);
    await kit.start();
    expect(statesOf(await kit.settled())).to.deep.equal(["AMBIGUOUS"]);
  });

  it("calls off a send that takes too long", async () => {
    const network = await open(undefined, { sendMs: 5 });
    network.script.push(() => new Promise(() => {}));
    kit.lines.set(network);
    await kit.queue(room("mia"), [say("one")]);
    expect(statesOf(await kit.settled())).to.deep.equal(["AMBIGUOUS"]);
  });

  it("refuses what the network cannot do, without asking it", async () => {
    const network = await open(new FakeConnection({ markdown: true }));
    kit.lines.set(network);
    await kit.queue(room("mia"), [act({ case: "reaction", value: { platformId: "1", emoji: "👀" } })]);
    const [delivery] = await kit.settled();
    expect(delivery?.error?.reason).to.equal(ErrorReason.CAPABILITY_MISSING);
    expect(network.told).to.have.length(0);
  });

  it("cuts what turns out too long, in order", async () => {
    const network = await open(new FakeConnection({ maxText: 32, textUnit: "characters", markdown: true }));
    kit.lines.set(network);
    await kit.queue(room("mia"), [say("one two three four five six seven eight"), say("end")]);
    const deliveries = await kit.settled();
    expect(network.words).to.deep.equal(["say one two three four five six", "say seven eight", "say end"]);
    expect(deliveries.map(({ chunk, chunkCount }) => [chunk, chunkCount]).sort()).to.deep.equal([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
  });

  it("takes the signs of Markdown away where the network shows none, and replies it has not", async () => {
    const network = await open(new FakeConnection({}));
    kit.lines.set(network);
    await kit.queue(room("mia"), [act({ case: "message", value: { text: "**hi**", replyTo: "4" } })]);
    await kit.settled();
    expect(network.words).to.deep.equal(["say hi"]);
  });

  it("keeps what a full queue cannot take as failed, or refuses it", async function () {
    this.timeout(60_000);
    await open();
    const many = Array.from({ length: 5_000 }, () => say("x"));
    await kit.queue(room("mia"), many);
    const [kept] = await kit.queue(room("mia"), [say("more")]);
    expect(kept?.error?.reason).to.equal(ErrorReason.QUEUE_FULL);
    const refused = await kit.queue(room("mia"), [say("more")], { whenFull: "refuse" }).catch((error) => error);
    expect(refused).to.include({ reason: ErrorReason.QUEUE_FULL });
    expect(await kit.queue("channels/other/conversations/mia", [say("free")])).to.have.length(1);
  });
});
