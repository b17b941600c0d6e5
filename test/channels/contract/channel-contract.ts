/** What every network has to do, in one process with the gateway. See world.ts for how a network joins. */

import { expect } from "chai";
import { Channel_State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Delivery_State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { type Ingress, Ingress_Outcome } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { eventually, until } from "../../support/until.ts";
import { ChannelKit } from "./channel-kit.ts";
import type { World } from "./world.ts";

/** Declares the tests. */
export function testChannel(name: string, makeWorld: () => World): void {
  describe(`${name} keeps the contract of channels`, function () {
    this.timeout(60_000);
    let world: World;
    let kit: ChannelKit;

    beforeEach(async function () {
      world = makeWorld();
      if (world.missing !== undefined) return this.skip();
      await world.start();
      kit = new ChannelKit(world);
    });
    afterEach(async () => {
      await kit?.close();
      if (world.missing === undefined) await world.stop();
    });

    testConnection(() => ({ world, kit }));
    testInbound(() => ({ world, kit }), makeWorld());
    testOutbound(() => ({ world, kit }), makeWorld());
    if (makeWorld().react !== undefined) testReactions(() => ({ world, kit }));
  });
}

type Scene = () => { world: World; kit: ChannelKit };

function testConnection(scene: Scene): void {
  it("comes online and says who we are there", async () => {
    const { kit } = scene();
    await kit.start();
    expect(kit.state.title).not.to.equal("");
    expect(kit.state.capabilities?.maxText).to.be.greaterThan(0);
  });

  it("comes online once a network that was away is back", async () => {
    const { world, kit } = scene();
    await world.goAway();
    await kit.core.start();
    await until(() => kit.state.failures > 1 || (world.outside ?? false), "connecting failed twice");
    await world.comeBack();
    await kit.online();
    expect(kit.state.failures).to.equal(0);
  });

  it("connects again when the line is cut", async () => {
    const { world, kit } = scene();
    await kit.start();
    await world.cut();
    await until(() => kit.state.state !== Channel_State.ONLINE, "the cut is noticed");
    await kit.online();
    await world.say("are you there");
    expect((await kit.told(1)).join()).to.contain("are you there");
  });

  it("hears nobody while it is stopped, and is there again when it is started", async () => {
    const { world, kit } = scene();
    await kit.start();
    await kit.core.client.channels.stopChannel({ name: kit.channel });
    expect(kit.state.state).to.equal(Channel_State.STOPPED);
    await kit.core.client.channels.startChannel({ name: kit.channel });
    await kit.online();
    await world.say("hello again");
    expect((await kit.told(1)).join()).to.contain("hello again");
  });

  it("stays stopped over a restart of the gateway", async () => {
    const { kit } = scene();
    await kit.start();
    await kit.core.client.channels.stopChannel({ name: kit.channel });
    await kit.core.restart();
    expect(kit.state.state).to.equal(Channel_State.STOPPED);
  });

  it("connects anew when it is restarted", async () => {
    const { world, kit } = scene();
    await kit.start();
    await kit.core.client.channels.restartChannel({ name: kit.channel });
    await kit.online();
    await world.say("after the restart");
    expect((await kit.told(1)).join()).to.contain("after the restart");
  });

  it("is stopped and has no credentials any more once it is logged out", async () => {
    const { kit } = scene();
    await kit.start();
    const { channel } = await kit.core.client.channels.logOutChannel({ name: kit.channel });
    expect(channel?.state).to.equal(Channel_State.STOPPED);
    await kit.core.restart();
    expect(kit.state.state).to.equal(Channel_State.STOPPED);
  });
}

function testInbound(scene: Scene, sample: World): void {
  it("answers a message in the conversation it came from", async () => {
    const { world, kit } = scene();
    await kit.start();
    await world.say("good morning");
    expect((await kit.told(1)).join()).to.contain("good morning");
  });

  it("takes messages in the order they were said", async () => {
    const { world, kit } = scene();
    await kit.start();
    const said = Array.from({ length: 12 }, (_, index) => `number ${index}.`);
    for (const text of said) await world.say(text);
    const texts = async (): Promise<string> =>
      (await kit.core.transcript())
        .filter(({ sender }) => sender !== "")
        .flatMap(({ parts }) => parts.map(({ kind }) => (kind.case === "text" ? kind.value : "")))
        .join("\n");
    const all = await eventually("the last one is there", async () => {
      const text = await texts();
      return text.includes("number 11.") ? text : undefined;
    });
    expect([...all.matchAll(/number (\d+)\./g)].map(([, index]) => Number(index))).to.deep.equal(said.map((_, i) => i));
  });

  it("takes up where it was after a restart of the gateway, and repeats nothing", async () => {
    const { world, kit } = scene();
    await kit.start();
    await world.say("the first");
    await kit.told(1);
    await kit.settled();
    await kit.core.restart();
    await kit.online();
    await world.say("the second");
    const told = await kit.told(2);
    expect(told.filter((text) => text.includes("the first"))).to.have.length(1);
    expect(told.filter((text) => text.includes("the second"))).to.have.length(1);
  });

  if (sample.repeat !== undefined) {
    it("answers a message once, however often the network brings it", async () => {
      const { world, kit } = scene();
      await kit.start();
      await world.say("only once");
      await kit.told(1);
      await world.repeat?.();
      await world.say("another");
      const told = await kit.told(2);
      expect(told.filter((text) => text.includes("only once"))).to.have.length(1);
    });
  }

  if (sample.replays) {
    it("answers what was said while it was away", async () => {
      const { world, kit } = scene();
      await kit.start();
      await world.goAway();
      await until(() => kit.state.state !== Channel_State.ONLINE, "it is away");
      await world.say("said in between");
      await world.comeBack();
      expect((await kit.told(1)).join()).to.contain("said in between");
    });
  }
}

function testReactions(scene: Scene): void {
  /** What came in that is a reaction, oldest first, once it is so many. */
  const reactions = ({ kit }: ReturnType<Scene>, count: number): Promise<Ingress[]> =>
    eventually(`${count} reactions came in`, async () => {
      const { ingress } = await kit.core.client.ingress.listIngress({ parent: kit.channel });
      const found = ingress.filter(({ message }) => message?.reaction !== undefined).reverse();
      return found.length >= count ? found : undefined;
    });

  it("tells of a reaction to what was said with the next message, and answers none", async () => {
    const { world, kit } = scene();
    await kit.start();
    await world.say("good morning");
    await kit.told(1);
    await kit.settled();
    await world.react?.(world.told()[0]?.id ?? "", "👍");
    const [reaction] = await reactions(scene(), 1);
    expect(reaction, reaction?.reason).to.include({ outcome: Ingress_Outcome.CONTEXT, run: "" });
    expect(reaction?.message?.reaction).to.include({ emoji: "👍", remove: false });
    expect(reaction?.message).to.include({ repliesToUs: true, senderIsBot: false });
    expect(reaction?.conversation).to.equal(kit.conversation);
    await world.say("and now");
    await kit.told(2);
    const messages = await kit.core.transcript();
    const lines = messages.flatMap(({ origin }) => origin?.context.map(({ text }) => text) ?? []);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^\[reacted with 👍 to your message ".*good morning/s);
  });

  it("tells of a reaction that was taken back, and of one put there anew", async () => {
    const { world, kit } = scene();
    await kit.start();
    const [delivery] = await kit.send("for you");
    await kit.ended(delivery?.name ?? "", Delivery_State.SENT);
    const id = world.told()[0]?.id ?? "";
    await world.react?.(id, "👍");
    await world.react?.(id, "👍", true);
    await world.react?.(id, "👍");
    const found = await reactions(scene(), 3);
    expect(found.map(({ message }) => message?.reaction?.remove)).to.deep.equal([false, true, false]);
    expect(found.every(({ outcome }) => outcome === Ingress_Outcome.CONTEXT)).to.equal(true);
  });
}

function testOutbound(scene: Scene, sample: World): void {
  it("sends a message once and has it from the network that it is sent", async () => {
    const { kit } = scene();
    await kit.start();
    const [delivery] = await kit.send("for you");
    await kit.ended(delivery?.name ?? "", Delivery_State.SENT);
    await kit.settled();
    expect(await kit.told(1)).to.deep.equal(["for you"]);
  });

  it("sends a long text in pieces, in order, none longer than the network takes", async () => {
    const { world, kit } = scene();
    await kit.start();
    const words = Array.from({ length: Math.ceil(world.maxText / 3) }, (_, index) => `w${index}`);
    const deliveries = await kit.send(words.join(" "));
    expect(deliveries.length).to.be.greaterThan(1);
    for (const { name } of deliveries) await kit.ended(name, Delivery_State.SENT);
    const told = () => world.told().map(({ text }) => text);
    const wordsTold = () => told().join(" ").split(/\s+/);
    await until(() => wordsTold().length >= words.length, "all words are there");
    expect(wordsTold()).to.deep.equal(words);
    for (const text of told()) expect(Buffer.byteLength(text)).to.be.at.most(world.maxText);
  });

  it("keeps what is to be sent while it is away, and sends it afterwards", async () => {
    const { world, kit } = scene();
    await kit.start();
    await world.goAway();
    await until(() => kit.state.state !== Channel_State.ONLINE, "it is away");
    const [delivery] = await kit.send("later");
    await world.comeBack();
    await kit.ended(delivery?.name ?? "", Delivery_State.SENT);
    expect(await kit.told(1)).to.deep.equal(["later"]);
  });

  if (sample.edits) {
    it("changes a message it has sent", async () => {
      const { world, kit } = scene();
      await kit.start();
      const [first] = await kit.send("helo");
      const { platformIds } = await kit.ended(first?.name ?? "", Delivery_State.SENT);
      const edit = await kit.edit(platformIds[0] ?? "", "hello");
      await kit.ended(edit?.name ?? "", Delivery_State.SENT);
      await until(() => world.told().at(-1)?.text !== "helo", "it is changed");
      expect(world.told().map(({ text }) => text)).to.deep.equal(["hello"]);
    });
  }

  if (sample.refusals.includes("later")) {
    it("sends a message again that the network refused for now", async () => {
      const { world, kit } = scene();
      await kit.start();
      world.refuseNext("later");
      const [delivery] = await kit.send("patience");
      const { attempts } = await kit.ended(delivery?.name ?? "", Delivery_State.SENT);
      expect(attempts).to.be.greaterThan(1);
      expect(await kit.told(1)).to.deep.equal(["patience"]);
    });
  }

  if (sample.refusals.includes("for good")) {
    it("says of a message that the network refused for good that it failed, and goes on with the next", async () => {
      const { world, kit } = scene();
      await kit.start();
      world.refuseNext("for good");
      const [refused] = await kit.send("unwanted");
      const { error } = await kit.ended(refused?.name ?? "", Delivery_State.FAILED);
      expect(error?.message).not.to.equal("");
      await world.relent?.();
      const [next] = await kit.send("wanted");
      await kit.ended(next?.name ?? "", Delivery_State.SENT);
      expect(await kit.told(1)).to.deep.equal(["wanted"]);
    });
  }

  if (sample.refusals.includes("unanswered")) {
    it("does not send a message twice of which nobody heard whether it arrived", async () => {
      const { world, kit } = scene();
      await kit.start();
      world.refuseNext("unanswered");
      const [delivery] = await kit.send("did you get this");
      const { state } = await kit.ended(delivery?.name ?? "", Delivery_State.AMBIGUOUS, Delivery_State.SENT);
      const { capabilities } = kit.state;
      expect(state).to.equal(capabilities?.reconcile ? Delivery_State.SENT : Delivery_State.AMBIGUOUS);
      await kit.online();
      const [next] = await kit.send("the next one");
      await kit.ended(next?.name ?? "", Delivery_State.SENT);
      expect(await kit.told(2)).to.deep.equal(["did you get this", "the next one"]);
    });
  }
}
