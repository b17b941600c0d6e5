/** What is special about IRC, on a real ngircd: nicks, channels, being thrown out, refusals, encryption. */

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import tls from "node:tls";
import { expect } from "chai";
import { generate } from "selfsigned";
import { Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Delivery_State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { partName } from "../../../src/core/channel/channel-names.ts";
import { eventually, until } from "../../support/until.ts";
import { ChannelKit } from "../contract/channel-kit.ts";
import { IrcPerson } from "./irc-person.ts";
import { ngircd } from "./irc-servers.ts";
import { IrcWorld, ourNick } from "./irc-world.ts";

describe("irc", function () {
  this.timeout(60_000);
  let world: IrcWorld;
  let kit: ChannelKit | undefined;
  const people: IrcPerson[] = [];

  beforeEach(async function () {
    world = new IrcWorld(ngircd);
    if (world.missing !== undefined) return this.skip();
    await world.start();
  });
  afterEach(async () => {
    await kit?.close();
    kit = undefined;
    for (const person of people.splice(0)) person.leave();
    if (world.missing === undefined) await world.stop();
  });

  async function open(changes: Readonly<Record<string, unknown>> = {}): Promise<ChannelKit> {
    kit = new ChannelKit(world, changes);
    await kit.start();
    return kit;
  }

  async function somebody(nick: string): Promise<IrcPerson> {
    const person = await IrcPerson.join(world.server.port, nick);
    people.push(person);
    return person;
  }

  it("takes another nick when its own is in use", async () => {
    await somebody(ourNick);
    const { state } = await open();
    expect(state.title).to.equal(`${ourNick}_ on 127.0.0.1`);
  });

  it("answers in a channel when it is spoken to, and only then", async () => {
    await open({ groupPolicy: "open" });
    const { person } = world;
    person.write("JOIN #house");
    await person.hears(/366 mia #house/);
    person.write("PRIVMSG #house :nobody in particular", `PRIVMSG #house :${ourNick}: hear me`);
    await until(() => person.told("#house").length > 0, "the channel is answered");
    expect(person.told("#house").join()).to.contain("hear me");
  });

  it("answers whoever wrote, by the name the server knows", async () => {
    await open();
    const [leo, other] = [await somebody("Leo[x]"), await somebody("leo{x}")];
    leo.write(`PRIVMSG ${ourNick} :are you there`);
    await until(() => leo.told("leo[x]").length > 0, "the message is answered");
    expect(other.told("leo{x}")).to.deep.equal([]);
  });

  it("goes into a channel as soon as that lets it in, and keeps what is to be said there until then", async () => {
    const { person } = world;
    person.write("JOIN #house", "MODE #house +i");
    await person.hears(/MODE #house \+i/);
    const { core, channel } = await open();
    const conversation = partName(channel, "conversations", "#house");
    const parts = [{ kind: { case: "text" as const, value: "to everybody" } }];
    const action = { case: "content" as const, value: { parts } };
    const sent = await core.client.deliveries.sendMessage({ conversation, requestId: randomUUID(), action });
    person.write("MODE #house -i");
    await kit?.ended(sent.deliveries[0]?.name ?? "", Delivery_State.SENT);
    await until(() => person.told("#house").length > 0, "it is in the channel");
    expect(person.told("#house")).to.deep.equal(["to everybody"]);
  });

  it("ignores notices and its own words", async () => {
    const { core } = await open();
    const { person } = world;
    person.write(`NOTICE ${ourNick} :a notice`);
    await world.say("a message");
    await until(() => person.told("mia").length > 0, "the message is answered");
    const { conversations } = await core.client.channels.listConversations({ parent: "channels/irc" });
    expect(conversations.map(({ address }) => address)).to.deep.equal(["mia"]);
    expect(person.told("mia").join()).not.to.contain("a notice");
  });

  it("looks up who is in a channel", async () => {
    const { core } = await open();
    const { person } = world;
    person.write("JOIN #house");
    await person.hears(/366 mia #house/);
    const look = (kind: string, query = "") =>
      core.client.channels.lookUpDirectory({ parent: "channels/irc", kind, query });
    const members = await eventually("both are seen", async () => {
      const { entries } = await look("members", "#house");
      return entries.length === 2 ? entries : undefined;
    });
    expect(members.map(({ address }) => address)).to.deep.equal([ourNick, "mia"]);
    expect((await look("groups")).entries.map(({ address }) => address)).to.deep.equal(["#house"]);
    expect((await look("self")).entries.map(({ address }) => address)).to.deep.equal([ourNick]);
  });

  it("says that it is misconfigured without a server, a nick, or where the server has no SASL", async () => {
    for (const changes of [{ host: undefined }, { nick: undefined }, { sasl: { password: "x" } }]) {
      kit = new ChannelKit(world, changes);
      await kit.core.start();
      await kit.is(State.MISCONFIGURED);
      await kit.close();
    }
    kit = undefined;
  });

  it("probes without disturbing the connection that is there", async () => {
    const { core, channel } = await open();
    const { probe } = await core.client.channels.getChannel({ name: channel, probe: true });
    expect(probe).to.deep.include({ ok: true, detail: `${ourNick} on 127.0.0.1` });
  });

  it("speaks TLS, and refuses a certificate nobody vouches for", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "irc.test" }], { keyType: "ec" });
    const server = tls.createServer({ key, cert }, (socket) => {
      const target = net.connect(world.server.port, "127.0.0.1");
      for (const one of [socket, target])
        one.on("error", () => {}).on("close", () => [socket, target].map((s) => s.destroy()));
      socket.pipe(target).pipe(socket);
    });
    server.on("tlsClientError", () => {}).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      const { state } = await open({ port, tls: true, tlsRejectUnauthorized: false });
      expect(state.state).to.equal(State.ONLINE);
      await kit?.close();
      kit = new ChannelKit(world, { port, tls: true });
      await kit.core.start();
      await until(() => (kit?.state.failures ?? 0) > 0, "the certificate is refused");
      expect(kit.state.stateReason).to.contain("self-signed");
    } finally {
      await kit?.close();
      kit = undefined;
      server.close();
    }
  });
});
