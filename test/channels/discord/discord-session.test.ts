/** Discord's gateway: sessions that go on where they were, what was missed, and what is not allowed. */

import { expect } from "chai";
import { discordNetwork } from "../../../src/channels/discord/discord-network.ts";
import { MisconfiguredError } from "../../../src/core/channel/network.ts";
import { channelId, directId, guildId, roleId } from "../../support/discord/discord-place.ts";
import { type Asked, discordToken, FakeDiscord } from "../../support/discord/fake-discord.ts";
import { RecordingHost } from "../../support/recording-host.ts";
import { until } from "../../support/until.ts";

describe("a session on discord", function () {
  this.timeout(60_000);
  let discord: FakeDiscord;
  const hosts: RecordingHost[] = [];

  beforeEach(async () => {
    discord = new FakeDiscord();
    await discord.start();
  });
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.stop();
    await discord.stop();
  });

  /** A gateway that comes there, with what an earlier one kept. */
  async function come(settings: object = {}, cursor = ""): Promise<RecordingHost> {
    const host = new RecordingHost();
    host.cursor = cursor;
    hosts.push(host);
    await host.connect(discordNetwork, { token: discordToken, apiRoot: discord.apiRoot, ...settings });
    return host;
  }

  const texts = (host: RecordingHost): string[] => host.received.map(({ text }) => text);

  it("asks for guilds, their messages, direct messages and what is written in them", async () => {
    await come();
    expect(discord.gateway.intents).to.deep.equal([
      (1 << 0) | (1 << 9) | (1 << 10) | (1 << 12) | (1 << 13) | (1 << 15),
    ]);
  });

  it("does not ask for what is written when it is told not to", async () => {
    await come({ intents: { messageContent: false, guildMembers: true } });
    expect(discord.gateway.intents).to.deep.equal([(1 << 0) | (1 << 1) | (1 << 9) | (1 << 10) | (1 << 12) | (1 << 13)]);
  });

  it("goes on in the same session when the line is cut, and hears what was said meanwhile", async () => {
    const host = await come();
    discord.place.say(directId, "before");
    await host.heard(1);
    discord.cut();
    discord.place.say(directId, "in between");
    await host.heard(2);
    expect(texts(host)).to.deep.equal(["before", "in between"]);
    expect(discord.gateway.entries).to.deep.equal(["identify", "resume 3"]);
    expect(host.told.map((line) => line.split(" ", 1)[0])).to.deep.equal(["online", "offline", "online"]);
  });

  it("is told again what it had not kept when the line was cut", async () => {
    const host = await come();
    const { promise: never } = Promise.withResolvers<void>();
    host.keeping = () => Promise.race([never, Promise.reject(new Error("the disk is full"))]);
    discord.place.say(directId, "keep me");
    await until(() => host.told.some((line) => line.startsWith("offline")), "it gives the line up");
    host.keeping = async () => {};
    await host.heard(1);
    expect(texts(host)).to.deep.equal(["keep me"]);
    expect(discord.gateway.entries).to.deep.equal(["identify", "resume 2"]);
  });

  it("goes on in the session of an earlier process", async () => {
    const first = await come();
    discord.place.say(directId, "before");
    await first.heard(1);
    await first.stop();
    discord.place.say(directId, "while nobody was there");
    const second = await come({}, first.cursor);
    await second.heard(1);
    expect(texts(second)).to.deep.equal(["while nobody was there"]);
    expect(discord.gateway.entries).to.deep.equal(["identify", "resume 3"]);
  });

  it("knows guilds and channels in a session of an earlier process, of which nobody tells it again", async () => {
    const first = await come();
    discord.place.say(directId, "before");
    await first.heard(1);
    await first.stop();
    const second = await come({}, first.cursor);
    discord.place.say(channelId, `<@&${roleId}> come`);
    const [message] = await second.heard(1);
    expect(message).to.include({ text: "@cooks come", conversationTitle: "#general in House" });
  });

  it("connects again without a break in sending when discord asks for it", async () => {
    const host = await come();
    discord.gateway.askToReconnect();
    await until(() => discord.gateway.entries.length === 2, "it comes again");
    expect(discord.gateway.entries[1]).to.match(/^resume/);
    expect(host.told.filter((line) => line.startsWith("offline"))).to.deep.equal([]);
  });

  it("fetches what was said in direct conversations and in channels when its session is gone", async () => {
    const host = await come();
    discord.place.say(directId, "known");
    await host.heard(1);
    discord.gateway.forgetSessions();
    for (let index = 0; index < 120; index += 1) discord.place.say(channelId, `missed ${index}`);
    discord.place.say(directId, "missed as well");
    discord.cut();
    await host.heard(122);
    const heard = texts(host);
    expect(heard[1]).to.equal("missed as well");
    expect(heard.slice(2)).to.deep.equal(Array.from({ length: 120 }, (_, index) => `missed ${index}`));
    expect(host.received.at(-1)).to.deep.include({ space: guildId, senderRoles: [roleId] });
    expect(discord.gateway.entries).to.deep.equal(["identify", "identify"]);
  });

  it("fetches what it had not fetched when it was stopped in the middle of it", async () => {
    const first = await come();
    discord.place.say(directId, "known");
    await first.heard(1);
    await first.stop();
    discord.gateway.forgetSessions();
    discord.place.say(channelId, "missed");
    discord.place.say(directId, "missed as well");
    const history = { fits: ({ path }: Asked) => path === `/channels/${channelId}/messages` };
    discord.special.push(...Array.from({ length: 9 }, () => ({ ...history, answer: { status: 500 } })));
    const second = await come({}, first.cursor);
    await second.heard(1);
    await until(() => discord.special.length < 9, "it asks for what was missed");
    await second.stop();
    discord.special.length = 0;
    const third = await come({}, second.cursor);
    await until(() => texts(third).includes("missed"), "it hears what was missed");
  });

  it("fetches nothing that was said before it was there for the first time", async () => {
    discord.place.say(channelId, "old news");
    const host = await come();
    discord.place.say(channelId, "fresh news");
    await host.heard(1);
    expect(texts(host)).to.deep.equal(["fresh news"]);
  });

  it("leaves a line whose heartbeats are not answered, and goes on in another", async () => {
    discord.gateway.heartbeatMs = 200;
    discord.gateway.answersBeats = false;
    await come();
    await until(() => discord.gateway.entries.length > 1, "it comes again");
    expect(discord.gateway.beats).to.be.greaterThan(0);
    expect(discord.gateway.entries[1]).to.match(/^resume/);
  });

  it("keeps a line whose heartbeats are answered", async () => {
    discord.gateway.heartbeatMs = 300;
    await come();
    await until(() => discord.gateway.beats > 2, "its heart beats");
    expect(discord.gateway.entries).to.deep.equal(["identify"]);
  });

  it("is misconfigured with a token discord does not know", async () => {
    const error = await come({ token: "wrong" }).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(MisconfiguredError);
    expect(String(error)).to.contain("channels.discord.token").and.not.to.contain("wrong");
  });

  it("is misconfigured when the developer portal does not allow its intents", async () => {
    discord.gateway.refuseWith = 4014;
    const error = await come().catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(MisconfiguredError);
    expect(String(error)).to.contain("Message Content Intent");
  });

  it("is misconfigured without a token", () => {
    expect(() => discordNetwork.connect({}, new RecordingHost())).to.throw(MisconfiguredError, "DISCORD_BOT_TOKEN");
  });

  it("says who it is when it is probed, without coming in", async () => {
    const connection = discordNetwork.connect({ token: discordToken, apiRoot: discord.apiRoot }, new RecordingHost());
    expect(await connection.probe?.(AbortSignal.timeout(5_000))).to.equal("@claw on Discord");
    expect(discord.gateway.entries).to.deep.equal([]);
  });
});
