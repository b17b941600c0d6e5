/** Reactions on Discord as the gateway hears them. */

import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { discordNetwork } from "../../../src/channels/discord/discord-network.ts";
import { channelId, directId, guildId, mia, roleId, selfUser, threadId } from "../../support/discord/discord-place.ts";
import { discordToken, FakeDiscord } from "../../support/discord/fake-discord.ts";
import { RecordingHost } from "../../support/recording-host.ts";
import { until } from "../../support/until.ts";

describe("reactions on discord", function () {
  this.timeout(60_000);
  let discord: FakeDiscord;
  let host: RecordingHost;

  const come = (settings: object = {}) =>
    host.connect(discordNetwork, { token: discordToken, apiRoot: discord.apiRoot, ...settings });
  const ourWords = (channel: string): string => discord.place.say(channel, "words of ours", { author: selfUser }).id;

  beforeEach(async () => {
    discord = new FakeDiscord();
    host = new RecordingHost();
    await discord.start();
  });
  afterEach(async () => {
    await host.stop();
    await discord.stop();
  });

  it("say who put what on which message, and where", async () => {
    await come();
    const id = ourWords(channelId);
    discord.place.react(id, "👍");
    const [message] = await host.heard(1);
    expect(message).to.include({ kind: Kind.GROUP, address: channelId, conversationTitle: "#general in House" });
    expect(message).to.include({ senderAddress: mia.id, senderTitle: "Mimi", senderIsBot: false, space: guildId });
    expect(message).to.include({ replyTo: id, repliesToUs: true, text: "" });
    expect(message?.senderRoles).to.deep.equal([roleId]);
    expect(message?.reaction).to.include({ emoji: "👍", remove: false });
  });

  it("are direct in the conversation with somebody", async () => {
    await come();
    discord.place.react(ourWords(directId), "👍");
    const [message] = await host.heard(1);
    expect(message).to.include({ kind: Kind.DIRECT, address: `user:${mia.id}`, senderTitle: "Mia", space: "" });
  });

  it("in a thread name its channel", async () => {
    await come();
    discord.place.react(ourWords(threadId), "👍");
    const [message] = await host.heard(1);
    expect(message).to.include({ kind: Kind.THREAD, address: threadId, parentAddress: channelId });
  });

  it("that are taken back say so, by whom Discord knows when it is asked", async () => {
    await come();
    discord.place.react(ourWords(channelId), "👍", { remove: true });
    const [message] = await host.heard(1);
    expect(message?.reaction).to.include({ emoji: "👍", remove: true });
    expect(message).to.include({ senderAddress: mia.id, senderTitle: "Mia" });
  });

  it("have different ids when the same is done again, and the same when it is told again", async () => {
    await come();
    const id = ourWords(channelId);
    discord.place.react(id, "👍");
    discord.place.react(id, "👍");
    const [first, second] = await host.heard(2);
    expect(first?.platformId).not.to.equal(second?.platformId);
    let refused = "";
    host.keeping = async ({ platformId }) => {
      refused = platformId;
      throw new Error("the disk is full");
    };
    discord.place.react(id, "🔥");
    await until(() => discord.gateway.entries.length > 1, "the line was made anew");
    host.keeping = async () => {};
    expect((await host.heard(3))[2]?.platformId).to.equal(refused);
  });

  it("with an emoji of the guild's own are called by its name", async () => {
    await come();
    const emoji = { id: "900000000000000009", name: "lobster" };
    const reaction = { user_id: mia.id, channel_id: channelId, guild_id: guildId, message_id: ourWords(channelId) };
    discord.place.onEvent("MESSAGE_REACTION_ADD", { ...reaction, emoji });
    const [message] = await host.heard(1);
    expect(message?.reaction?.emoji).to.equal(":lobster:");
  });

  it("of our own, and in channels that are left out, are none", async () => {
    await come({ guilds: { [guildId]: { channels: { [threadId]: {} } } } });
    const bot = { ...selfUser, global_name: "Claw" };
    discord.place.react(ourWords(threadId), "👍", { user: bot });
    discord.place.react(ourWords(channelId), "👍");
    discord.place.react(ourWords(threadId), "🔥");
    const [message] = await host.heard(1);
    expect(message?.reaction?.emoji).to.equal("🔥");
  });
});
