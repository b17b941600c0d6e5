/** What XMPP has of its own: encryption, rooms, corrections. */

import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Conversation_Kind as Kind, Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Delivery_State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { xmppNetwork } from "../../../src/channels/xmpp/xmpp-network.ts";
import { partName } from "../../../src/core/channel/channel-names.ts";
import { RecordingHost } from "../../support/recording-host.ts";
import { until } from "../../support/until.ts";
import { ChannelKit } from "../contract/channel-kit.ts";
import { XmppWorld } from "./xmpp-world.ts";

const room = "house@rooms.localhost";

describe("xmpp", function () {
  this.timeout(60_000);
  let world: XmppWorld;
  let kit: ChannelKit;

  beforeEach(async function () {
    world = new XmppWorld();
    if (world.missing !== undefined) return this.skip();
    await world.start();
  });
  afterEach(async () => {
    await kit?.close();
    if (world.missing === undefined) await world.stop();
  });

  async function start(changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    kit = new ChannelKit(world, { groupPolicy: "open", ...changes });
    await kit.start();
  }

  async function sayInRoom(text: string): Promise<void> {
    world.person.write(`<message to='${room}' type='groupchat' id='r${Math.random()}'><body>${text}</body></message>`);
    await world.person.settle();
  }

  function heardInRoom(): string[] {
    const ours = world.person.messages.filter(({ from }) => from === `${room}/claw`);
    return ours.map(({ text }) => text);
  }

  it("encrypts the line before it says who it is, and proves the password without saying it", async () => {
    let said = "";
    world.proxy.swallowAnswersFrom((sent) => {
      said += sent;
      return false;
    });
    await start({ tls: "starttls", tlsRejectUnauthorized: false });
    expect(said).to.contain("<starttls");
    expect(said).not.to.contain("<auth");
  });

  it("does not log in when nobody vouches for the server's certificate", async () => {
    kit = new ChannelKit(world, { tls: "starttls" });
    await kit.core.start();
    await until(() => kit.state.failures > 0, "connecting failed");
    expect(kit.state.stateReason).to.match(/certificate|self-signed/);
  });

  it("is misconfigured with a wrong password", async () => {
    kit = new ChannelKit(world, { password: "wrong" });
    await kit.core.start();
    await kit.is(State.MISCONFIGURED);
    expect(kit.state.stateReason).to.contain("channels.xmpp.jid or its password");
  });

  it("answers in a room when it is mentioned, and not otherwise", async () => {
    await start();
    world.person.write(`<presence to='${room}/mia'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
    await world.person.hears(/code='110'/);
    await sayInRoom("nobody in particular");
    await sayInRoom("claw: what time is it");
    await until(() => heardInRoom().length > 0, "an answer is in the room");
    expect(heardInRoom()).to.have.length(1);
    expect(heardInRoom()[0]).to.contain("what time is it");
  });

  it("begins now where somebody else kept another place", async () => {
    const host = new RecordingHost();
    host.cursor = "s72_594_12";
    try {
      await host.connect(xmppNetwork, world.config());
      await world.say("after");
      const [message] = await host.heard(1);
      expect(message?.text).to.contain("after");
    } finally {
      await host.stop();
    }
  });

  it("hears what was said in a room while it was away, though somebody wrote to it alone later", async () => {
    const before = new RecordingHost();
    await before.connect(xmppNetwork, world.config());
    world.person.write(`<presence to='${room}/mia'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
    await world.person.hears(/code='110'/);
    await before.stop();
    const host = new RecordingHost();
    host.cursor = before.cursor;
    await sayInRoom("in the room");
    // Archives and rooms count in seconds.
    await setTimeout(2_000);
    await world.say("to you alone");
    try {
      await host.connect(xmppNetwork, world.config());
      const heard = await host.heard(2);
      expect(heard.map(({ text }) => text)).to.have.members(["in the room", "to you alone"]);
    } finally {
      await host.stop();
    }
  });

  for (const stamp of ["-271821-04-20T00:00:00Z", "+275760-09-13T00:00:00Z"]) {
    it(`takes a message that says it was kept since ${stamp} for one of now`, async () => {
      const host = new RecordingHost();
      const beganMs = Date.now();
      try {
        await host.connect(xmppNetwork, world.config());
        const delay = `<delay xmlns='urn:xmpp:delay' stamp='${stamp}'/>`;
        world.person.write(`<message to='claw@localhost' type='chat' id='odd'><body>odd</body>${delay}</message>`);
        const [message] = await host.heard(1);
        const time = message?.time;
        expect(time && timestampMs(time)).to.be.within(beganMs, Date.now());
      } finally {
        await host.stop();
      }
    });
  }

  it("goes into a room as soon as that lets it in, and keeps what is to be said there until then", async () => {
    // Closed to everybody else until she says how it is to be.
    world.person.write(`<presence to='${room}/mia'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
    await world.person.hears(/code='201'/);
    await start();
    const conversation = partName(kit.channel, "conversations", room);
    const parts = [{ kind: { case: "text" as const, value: "to everybody" } }];
    const action = { case: "content" as const, value: { parts } };
    const sent = await kit.core.client.deliveries.sendMessage({ conversation, requestId: randomUUID(), action });
    const form = "<x xmlns='jabber:x:data' type='submit'/>";
    world.person.write(
      `<iq type='set' id='open' to='${room}'><query xmlns='http://jabber.org/protocol/muc#owner'>${form}</query></iq>`,
    );
    await world.person.hears(/id='open'/);
    await kit.ended(sent.deliveries[0]?.name ?? "", Delivery_State.SENT);
    await until(() => heardInRoom().length > 0, "it is in the room");
    expect(heardInRoom()).to.deep.equal(["to everybody"]);
  });

  it("takes nobody for a room it is not in", async () => {
    const host = new RecordingHost();
    try {
      await host.connect(xmppNetwork, world.config());
      world.person.write(
        "<message to='claw@localhost/openclaw' type='groupchat' id='g'><body>claw: in no room</body></message>",
      );
      await world.say("to you");
      const heard = await host.heard(1);
      expect(heard.map(({ text }) => text)).to.deep.equal(["to you"]);
    } finally {
      await host.stop();
    }
  });

  it("knows what somebody in a room wrote to it alone, also when it finds that in the archive", async () => {
    const before = new RecordingHost();
    await before.connect(xmppNetwork, world.config());
    world.person.write(`<presence to='${room}/mia'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
    await world.person.hears(/code='110'/);
    before.keeping = () => Promise.reject(new Error("the disk is full"));
    world.person.write(`<message to='${room}/claw' type='chat' id='p'><body>between us</body></message>`);
    await before.failure();
    const host = new RecordingHost();
    host.cursor = before.cursor;
    try {
      await host.connect(xmppNetwork, world.config());
      const [message] = await host.heard(1);
      expect(message).to.include({ text: "between us", kind: Kind.DIRECT, address: `${room}/mia` });
    } finally {
      await host.stop();
    }
  });

  it("takes other words for another message, also where the sender calls it as one before", async () => {
    await world.stop();
    world = new XmppWorld({ archive: false });
    await world.start();
    await start({ requireMention: false });
    // Many clients begin to count anew in every session.
    for (const text of ["one", "two"])
      world.person.write(`<message to='claw@localhost' type='chat' id='1'><body>${text}</body></message>`);
    await kit.told(2);
    world.person.write(`<presence to='${room}/mia'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
    await world.person.hears(/code='110'/);
    for (const text of ["claw: one", "claw: two"])
      world.person.write(`<message to='${room}' type='groupchat' id='1'><body>${text}</body></message>`);
    await until(() => heardInRoom().length === 2, "both are answered");
  });

  it("lists who is in a room", async () => {
    await start();
    const request = { parent: kit.channel, kind: "members", query: room };
    const { entries } = await kit.core.client.channels.lookUpDirectory(request);
    expect(entries.map(({ title }) => title)).to.deep.equal(["claw"]);
  });

  it("starts no run for a correction", async () => {
    await start();
    await world.say("the first");
    await kit.told(1);
    const correction = "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>";
    world.person.write(
      `<message to='claw@localhost' type='chat' id='m2'><body>corrected</body>${correction}</message>`,
    );
    await world.say("the second");
    expect((await kit.told(2)).join()).not.to.contain("corrected");
  });
});
