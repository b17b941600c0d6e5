/** UpdateChannel on a gateway with a configuration of its own: what is written, what is in force, what is refused. */

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { type Channel, createGatewayClient, type GatewayClient } from "../../../src/client/gateway-client.ts";
import { ConfiguredGateway } from "../../support/configured-gateway.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { TestDriver } from "../../support/test-driver.ts";

const text = `{
  // who talks to us
  channels: {
    mynet: { driver: "remote" }, // the family
    irc: { host: "irc.test", nick: "claw", enabled: false, accounts: { home: { name: "at home" }, work: {} } },
    $include: "./more.json5",
  },
}
`;
const included = `{ plain: { driver: "remote", name: "plain" }, secret: { driver: "remote", name: "\${BOT_TITLE}" } }\n`;

describe("UpdateChannel", () => {
  let gateway: ConfiguredGateway;
  let client: GatewayClient;

  beforeEach(async () => {
    gateway = new ConfiguredGateway(undefined, { BOT_TITLE: "from outside" });
    gateway.write(included, "more.json5");
    gateway.write(text);
    client = await gateway.start();
  });
  afterEach(() => gateway.remove());

  const update = async (channel: Partial<Channel> & { name: string }, ...paths: string[]): Promise<Channel> => {
    const { $typeName: _, ...values } = channel as Channel;
    const { channel: answer } = await client.channelSettings.updateChannel({ channel: values, updateMask: { paths } });
    return answer as Channel;
  };
  const get = async (name: string): Promise<Channel> => (await client.channels.getChannel({ name })).channel as Channel;

  it("disables a channel in the file, whose comments stay, and disconnects it", async () => {
    const channel = await update({ name: "channels/mynet", enabled: false }, "enabled");
    expect(channel).to.include({ enabled: false, state: State.STOPPED, stateReason: "disabled in the configuration" });
    expect(gateway.text).to.equal(text.replace('{ driver: "remote" }', '{ driver: "remote", enabled: false }'));
    await gateway.inForce();
    expect(await get("channels/mynet")).to.deep.equal(channel);
  });

  it("enables it again, which connects it", async () => {
    await update({ name: "channels/mynet", enabled: false }, "enabled");
    const channel = await update({ name: "channels/mynet", enabled: true });
    expect(channel.enabled).to.equal(true);
    expect(channel.state).not.to.equal(State.STOPPED);
    await new TestDriver(client, channel.name).vanish();
  });

  it("enables a channel that an operator stopped", async () => {
    await client.channels.stopChannel({ name: "channels/mynet" });
    const channel = await update({ name: "channels/mynet", enabled: true }, "enabled");
    expect(channel.enabled).to.equal(true);
    expect(channel.state).not.to.equal(State.STOPPED);
    expect(gateway.text).to.equal(text);
  });

  it("leaves a channel stopped that is only renamed", async () => {
    await client.channels.stopChannel({ name: "channels/mynet" });
    const channel = await update({ name: "channels/mynet", title: "home" }, "title");
    expect(channel).to.include({ title: "home", enabled: false, state: State.STOPPED });
  });

  it("changes two fields in one revision, which names who did it", async () => {
    const { secret } = await client.access.createToken({ tokenId: "mia", scopes: [Scope.ADMIN] });
    const mia = createGatewayClient({ url: gateway.gateway.urls[0] as string, token: secret });
    const { revisions: before } = await client.config.listConfigRevisions({});
    await mia.channelSettings.updateChannel({
      channel: { name: "channels/mynet", enabled: false, title: "home" },
      updateMask: { paths: ["enabled", "title"] },
    });
    const { revisions } = await client.config.listConfigRevisions({});
    expect(revisions).to.have.length(before.length + 1);
    expect(revisions[0]).to.include({
      author: "tokens/mia",
      note: "channels/mynet disabled and renamed",
      current: true,
    });
  });

  it("writes nothing when it is so already", async () => {
    const before = await get("channels/mynet");
    expect(await update({ name: "channels/mynet", enabled: true }, "enabled", "title")).to.deep.equal(before);
    expect(await update({ name: "channels/mynet" })).to.deep.equal(before);
    expect(gateway.text).to.equal(text);
  });

  it("is an event of the channel", async () => {
    const { cursor } = await client.channels.listChannels({});
    const channel = await update({ name: "channels/mynet", title: "home" });
    const { events } = await client.events.listEvents({ cursor, subjects: ["channels/mynet"] });
    expect(events.at(-1)?.resource).to.deep.equal({ case: "channel", value: channel });
  });

  it("writes into the file that says it", async () => {
    const channel = await update({ name: "channels/plain", title: "another" });
    expect(channel.title).to.equal("another");
    expect(gateway.readState("more.json5")).to.equal(included.replace('name: "plain"', 'name: "another"'));
    expect(gateway.text).to.equal(text);
  });

  it("takes a title literally", async () => {
    const title = "costs ${BOT_TITLE} and 'quotes'";
    expect((await update({ name: "channels/mynet", title })).title).to.equal(title);
    await gateway.stop();
    client = await gateway.start();
    expect((await get("channels/mynet")).title).to.equal(title);
  });

  it("prefers the title of the configuration to the network's, which comes back without it", async () => {
    const { secret } = await client.access.createToken({ tokenId: "driver", scopes: [Scope.NODE] });
    const node = createGatewayClient({ url: gateway.gateway.urls[0] as string, token: secret });
    const driver = new TestDriver(node, "channels/mynet");
    await driver.attachSoon();
    expect((await get("channels/mynet")).title).to.equal("Test driver");
    expect(await update({ name: "channels/mynet", title: "home" })).to.include({ title: "home", state: State.ONLINE });
    expect(await update({ name: "channels/mynet" }, "title")).to.include({ title: "Test driver", state: State.ONLINE });
    await update({ name: "channels/mynet", title: "home" });
    expect(await update({ name: "channels/mynet", enabled: false }, "title", "enabled")).to.include({
      title: "Test driver",
      state: State.STOPPED,
    });
    await driver.vanish();
  });

  it("forgets a title that was never anybody's name on the network", async () => {
    await update({ name: "channels/mynet", title: "home" });
    expect((await update({ name: "channels/mynet" }, "title")).title).to.equal("");
    expect(gateway.text).to.equal(text);
  });

  it("changes one account of several alone", async () => {
    await update({ name: "channels/irc:work", title: "office" });
    expect([(await get("channels/irc:home")).title, (await get("channels/irc:work")).title]).to.deep.equal([
      "at home",
      "office",
    ]);
    expect(gateway.text).to.equal(text.replace("work: {}", 'work: {\n      name: "office"\n    }'));
  });

  it("does not enable one account where that would enable others", async () => {
    const refused = await expectFailure(update({ name: "channels/irc:work", enabled: true }), "CONFIG_INVALID");
    expect(refused.message).to.contain("channels.irc.enabled is false");
    expect(gateway.text).to.equal(text);
  });

  it("fails for a title that is a variable, and says which", async () => {
    const refused = await expectFailure(update({ name: "channels/secret", title: "x" }), "CONFIG_INVALID");
    expect(refused.message).to.contain("${BOT_TITLE}");
    expect(gateway.readState("more.json5")).to.equal(included);
  });

  it("fails while the file is wrong, and changes nothing", async () => {
    gateway.write("{ nonsense: 1 }");
    await expectFailure(update({ name: "channels/mynet", title: "x" }), "NOT_FOUND");
    const wrong = text.replace("channels:", "nonsense: 1, channels:");
    gateway.write(wrong);
    await expectFailure(update({ name: "channels/mynet", title: "x" }), "CONFIG_INVALID");
    expect(gateway.text).to.equal(wrong);
    expect((await get("channels/mynet")).title).to.equal("");
  });

  it("fails where another file says it too, and changes neither", async () => {
    const both = included.replace("{ plain:", '{ mynet: { name: "below" }, plain:');
    const above = text.replace('{ driver: "remote" }', '{ driver: "remote", name: "above" }');
    gateway.write(both, "more.json5");
    gateway.write(above);
    await client.config.reloadConfig({});
    const refused = await expectFailure(update({ name: "channels/mynet" }, "title"), "CONFIG_INVALID");
    expect(refused.message).to.contain("made of several files");
    expect([gateway.text, gateway.readState("more.json5")]).to.deep.equal([above, both]);
    expect((await get("channels/mynet")).title).to.equal("above");
  });

  it("fails for a channel that is not there, or no channel", async () => {
    await expectFailure(update({ name: "channels/other", enabled: false }, "enabled"), "NOT_FOUND");
    for (const name of ["", "sessions/main", "channels/-"]) {
      const { violations } = await expectFailure(update({ name, title: "x" }), "FIELD_INVALID");
      expect(violations.map(({ field }) => field)).to.deep.equal(["channel.name"]);
    }
    await expectFailure(client.channelSettings.updateChannel({}), "FIELD_INVALID");
  });

  it("fails for a title that is blank, too long, or no line", async () => {
    for (const title of ["  ", "x".repeat(201), "two\nlines", "\u202edlrow"]) {
      const { violations } = await expectFailure(update({ name: "channels/mynet", title }), "FIELD_INVALID");
      expect(
        violations.map(({ field }) => field),
        title,
      ).to.deep.equal(["channel.title"]);
    }
    expect(gateway.text).to.equal(text);
  });

  it("fails for an old etag, and takes the one there is", async () => {
    const { etag } = await get("channels/mynet");
    const { etag: next } = await update({ name: "channels/mynet", title: "first", etag }, "title");
    expect(next).not.to.equal(etag);
    const refused = await expectFailure(update({ name: "channels/mynet", title: "second", etag }), "ETAG_MISMATCH");
    expect(refused.metadata).to.deep.include({ current_etag: next });
    expect((await get("channels/mynet")).title).to.equal("first");
  });

  it("lets one of two win that change the same version at the same time", async () => {
    const { etag } = await get("channels/mynet");
    const both = await Promise.allSettled(["a", "b"].map((title) => update({ name: "channels/mynet", title, etag })));
    expect(both.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
  });

  it("is done once for a request_id, over a restart too", async () => {
    const { etag } = await get("channels/mynet");
    const request = { channel: { name: "channels/mynet", title: "once", etag }, requestId: randomUUID() };
    const both = await Promise.all([0, 1].map(() => client.channelSettings.updateChannel(request)));
    expect(both[0]).to.deep.equal(both[1]);
    await gateway.stop();
    client = await gateway.start();
    expect(await client.channelSettings.updateChannel(request)).to.deep.equal(both[0]);
    const other = { ...request, channel: { name: "channels/mynet", title: "twice" } };
    await expectFailure(client.channelSettings.updateChannel(other), "REQUEST_ID_REUSED");
    const { revisions } = await client.config.listConfigRevisions({});
    expect(revisions.filter(({ note }) => note === "channels/mynet renamed")).to.have.length(1);
  });

  it("answers with the channel as it is where changes wait for somebody", async () => {
    gateway.write(text.replace("{\n", '{\n  gateway: { reload: { mode: "off" } },\n'));
    await gateway.seen(({ problems, document }) => problems.length === 0 && document?.gateway !== undefined);
    const { config } = await client.config.reloadConfig({});
    expect(config?.etag).to.equal(config?.appliedEtag);
    expect((await update({ name: "channels/mynet", title: "later" })).title).to.equal("");
    await client.config.reloadConfig({});
    expect((await get("channels/mynet")).title).to.equal("later");
  });
});
