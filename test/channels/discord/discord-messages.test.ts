/** What is said on Discord as the gateway hears it, and what the gateway says as Discord is told it. */

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { DeliverySchema, OutboundActionSchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { discordNetwork } from "../../../src/channels/discord/discord-network.ts";
import { type Connection, UnsentError } from "../../../src/core/channel/network.ts";
import {
  channelId,
  directId,
  guildId,
  mia,
  roleId,
  selfRoleId,
  selfUser,
  threadId,
} from "../../support/discord/discord-place.ts";
import { discordToken, FakeDiscord } from "../../support/discord/fake-discord.ts";
import { RecordingHost } from "../../support/recording-host.ts";

type Action = NonNullable<MessageInitShape<typeof OutboundActionSchema>["kind"]>;

describe("messages on discord", function () {
  this.timeout(60_000);
  let discord: FakeDiscord;
  let host: RecordingHost;
  let connection: Connection;

  beforeEach(async () => {
    discord = new FakeDiscord();
    host = new RecordingHost();
    await discord.start();
  });
  afterEach(async () => {
    await host.stop();
    await discord.stop();
  });

  async function come(settings: object = {}): Promise<void> {
    connection = await host.connect(discordNetwork, { token: discordToken, apiRoot: discord.apiRoot, ...settings });
  }

  function send(
    kind: Action,
    address = channelId,
    delivery = "channels/discord/deliveries/1",
  ): Promise<readonly string[]> {
    const attempt = { delivery, attempt: 1, signal: new AbortController().signal };
    return connection.send(create(OutboundActionSchema, { kind }), { address, parentAddress: "" }, attempt);
  }

  async function failureOf(work: Promise<unknown>): Promise<UnsentError> {
    const error = await work.then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error).to.be.instanceOf(UnsentError);
    return error as UnsentError;
  }

  it("are direct when a person writes to us", async () => {
    await come();
    const { id } = discord.place.say(directId, "hi");
    const [message] = await host.heard(1);
    expect(message).to.include({ platformId: id, address: `user:${mia.id}`, kind: Kind.DIRECT, text: "hi", space: "" });
    expect(message).to.include({ senderAddress: mia.id, senderTitle: "Mia", senderIsBot: false, mentionsUs: false });
    expect(message?.senderAliases).to.deep.equal(["mia"]);
  });

  it("carry the guild and the roles of who wrote them", async () => {
    await come();
    discord.place.say(channelId, "hello all");
    const [message] = await host.heard(1);
    expect(message).to.include({ address: channelId, kind: Kind.GROUP, space: guildId });
    expect(message?.conversationTitle).to.equal("#general in House");
    expect(message?.senderRoles).to.deep.equal([roleId]);
  });

  it("in a thread name its channel", async () => {
    await come();
    discord.place.say(threadId, "in here");
    const [message] = await host.heard(1);
    expect(message).to.include({ address: threadId, parentAddress: channelId, kind: Kind.THREAD });
  });

  it("in a channel we were not told of are asked about", async () => {
    await come();
    discord.place.channels.push({
      id: "888888888888888",
      type: 11,
      guild_id: guildId,
      name: "new",
      parent_id: channelId,
      owner_id: selfUser.id,
    });
    discord.place.say("888888888888888", "in the new one");
    const [message] = await host.heard(1);
    expect(message).to.include({ parentAddress: channelId, kind: Kind.THREAD, repliesToUs: true });
  });

  it("mention us with our number, which is taken away; other numbers become names", async () => {
    await come();
    const content = `<@${selfUser.id}> ask <@!${mia.id}> and <@&${roleId}> in <#${channelId}> <:smile:123456>`;
    discord.place.say(channelId, content, { mentions: [selfUser, mia] });
    const [message] = await host.heard(1);
    expect(message?.text).to.equal("ask @Mia and @cooks in #general :smile:");
    expect(message?.mentionsUs).to.equal(true);
  });

  it("mention us by the role discord made for us, and by no other", async () => {
    await come();
    discord.place.say(channelId, `<@&${roleId}> dinner`, { mention_roles: [roleId] });
    discord.place.say(channelId, `<@&${selfRoleId}> dinner`, { mention_roles: [selfRoleId] });
    const heard = await host.heard(2);
    expect(heard.map(({ mentionsUs }) => mentionsUs)).to.deep.equal([false, true]);
  });

  it("say what they answer", async () => {
    await come();
    const ours = discord.place.say(channelId, "who is cooking?", { author: selfUser });
    const more = { type: 19, message_reference: { message_id: ours.id }, referenced_message: ours };
    discord.place.say(channelId, "I am", more);
    const [message] = await host.heard(1);
    expect(message).to.include({ replyTo: ours.id, replyText: "who is cooking?", repliesToUs: true });
  });

  it("of ours, of webhooks and of discord itself are not heard", async () => {
    await come();
    discord.place.say(channelId, "ours", { author: selfUser });
    discord.place.say(channelId, "a webhook's", { webhook_id: "1" });
    discord.place.say(channelId, "mia joined", { type: 7 });
    discord.place.say(channelId, "mia's");
    const [message] = await host.heard(1);
    expect(message?.text).to.equal("mia's");
  });

  it("in guilds and channels the configuration leaves out are not heard", async () => {
    await come({ guilds: { [guildId]: { channels: { "999999": {} } } } });
    discord.place.say(channelId, "left out");
    discord.place.say(threadId, "left out with its channel");
    discord.place.say(directId, "not in a guild");
    const [message] = await host.heard(1);
    expect(message?.text).to.equal("not in a guild");
  });

  it("that were changed by who wrote them are told as edits, previews of links are not", async () => {
    await come();
    const message = discord.place.say(channelId, "teh");
    discord.gateway.tell("MESSAGE_UPDATE", { ...message, embeds: [{}] });
    discord.gateway.tell("MESSAGE_UPDATE", { ...message, content: "the", edited_timestamp: new Date().toISOString() });
    const [, edit] = await host.heard(2);
    expect(edit).to.include({ platformId: message.id, text: "the", edited: true });
  });

  it("bring their files", async () => {
    await come();
    discord.place.files.set("a.txt", "what is in it");
    const url = `${new URL(discord.apiRoot).origin}/files/a.txt`;
    discord.place.say(directId, "", { attachments: [{ filename: "a.txt", size: 13, url }] });
    const [message] = await host.heard(1);
    expect(message?.attachments.map(({ fileName }) => fileName)).to.deep.equal(["a.txt"]);
    expect(host.files.get(message?.attachments[0]?.blob ?? "")?.toString()).to.equal("what is in it");
  });

  it("bring no files from elsewhere, and say so", async () => {
    await come();
    const url = "http://169.254.169.254/latest/meta-data";
    discord.place.say(directId, "look", { attachments: [{ filename: "keys", size: 1, url }] });
    const [message] = await host.heard(1);
    expect(message?.attachments).to.deep.equal([]);
    expect(message?.text).to.equal("look\n[file keys could not be taken]");
  });

  it("go out as answers, quietly, without previews, and call nobody by role", async () => {
    await come();
    const [id] = await send({ case: "message", value: { text: "**hi** @everyone", replyTo: "123456", silent: true } });
    const said = discord.place.in(channelId).at(-1);
    expect(said).to.include({ id, content: "**hi** @everyone", flags: 4 | 4096 });
    const body = discord.asked.at(-1)?.body;
    expect(body?.allowed_mentions).to.deep.equal({ parse: ["users"], replied_user: true });
    expect(body?.message_reference).to.deep.equal({ message_id: "123456", fail_if_not_exists: false });
  });

  it("go out with a file", async () => {
    await come();
    const attachment = await host.storeFile(
      (async function* () {
        yield Buffer.from("bytes");
      })(),
      { fileName: "b.txt" },
    );
    await send({ case: "message", value: { text: "here", attachment } });
    expect(discord.asked.at(-1)?.body).to.deep.include({
      content: "here",
      files: [{ name: "b.txt", content: "bytes" }],
    });
  });

  it("are said once when the same delivery is tried twice", async () => {
    await come();
    const first = await send({ case: "message", value: { text: "once" } });
    expect(await send({ case: "message", value: { text: "once" } })).to.deep.equal(first);
    expect(discord.place.in(channelId)).to.have.length(1);
  });

  it("of ours can be changed, taken back and reacted to", async () => {
    await come();
    const [platformId = ""] = await send({ case: "message", value: { text: "old" } });
    await send({ case: "edit", value: { platformId, text: "new" } });
    expect(discord.place.in(channelId).at(-1)?.content).to.equal("new");
    await send({ case: "reaction", value: { platformId, emoji: "👀" } });
    await send({ case: "reaction", value: { platformId, emoji: "<:ok:12345>", remove: true } });
    expect(discord.place.reactions).to.deep.equal([`PUT 👀 ${platformId}`, `DELETE ok:12345 ${platformId}`]);
    await send({ case: "delete", value: { platformId } });
    expect(discord.place.in(channelId)).to.deep.equal([]);
  });

  it("can be polls", async () => {
    await come();
    await send({
      case: "poll",
      value: { question: "Tea?", options: ["yes", "no"], multiple: true, durationSeconds: 7_200 },
    });
    expect(discord.asked.at(-1)?.body.poll).to.deep.equal({
      question: { text: "Tea?" },
      answers: [{ poll_media: { text: "yes" } }, { poll_media: { text: "no" } }],
      duration: 2,
      allow_multiselect: true,
    });
  });

  it("are refused when a poll is more than discord takes", async () => {
    await come();
    const options = Array.from({ length: 11 }, (_, index) => `option ${index}`);
    expect((await failureOf(send({ case: "poll", value: { question: "?", options } }))).permanent).to.equal(true);
  });

  it("to nowhere are refused for good", async () => {
    await come();
    for (const address of ["#general", "user:12", "404404404404"]) {
      const { permanent } = await failureOf(send({ case: "message", value: { text: "x" } }, address));
      expect(permanent, address).to.equal(true);
    }
  });

  it("wait until a bucket is full again, and others do not", async () => {
    await come();
    const headers = { "x-ratelimit-bucket": "b1", "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "60" };
    discord.special.push({
      fits: ({ method }) => method === "POST",
      answer: { status: 200, body: { id: "1" }, headers },
    });
    await send({ case: "message", value: { text: "the last one" } });
    const { length } = discord.asked;
    const failure = await failureOf(send({ case: "message", value: { text: "too many" } }, channelId, "d2"));
    expect(failure.permanent).to.equal(false);
    expect(failure.retryAfterMs).to.be.within(1_000, 60_000);
    expect(discord.asked).to.have.length(length);
    expect(await send({ case: "message", value: { text: "elsewhere" } }, threadId, "d3")).to.have.length(1);
  });

  it("all wait when discord wants everything to wait", async () => {
    await come();
    const body = { message: "You are being rate limited.", retry_after: 30, global: true };
    discord.special.push({ fits: ({ method }) => method === "POST", answer: { status: 429, body } });
    expect((await failureOf(send({ case: "message", value: { text: "x" } }))).retryAfterMs).to.equal(30_000);
    const elsewhere = await failureOf(send({ case: "message", value: { text: "y" } }, threadId, "d2"));
    expect(elsewhere.retryAfterMs).to.be.within(20_000, 30_000);
  });

  it("whose answer never came are found again, or known to be unsent", async () => {
    await come();
    const [id = ""] = await send(
      { case: "message", value: { text: "did it arrive" } },
      channelId,
      "channels/d/deliveries/old",
    );
    const createTime = timestampFromMs(Date.now());
    const ask = (text: string, name: string) => {
      const action = create(OutboundActionSchema, { kind: { case: "message", value: { text } } });
      return connection.reconcile?.(create(DeliverySchema, { name, action, createTime }), {
        address: channelId,
        parentAddress: "",
      });
    };
    expect(await ask("did it arrive", "channels/d/deliveries/new")).to.deep.equal({
      outcome: "sent",
      platformIds: [id],
    });
    expect(await ask("never said", "channels/d/deliveries/new")).to.deep.equal({ outcome: "unsent" });
    await send({ case: "message", value: { text: "did it arrive" } }, channelId, "channels/d/deliveries/third");
    expect(await ask("did it arrive", "channels/d/deliveries/new")).to.equal(undefined);
    expect(await ask("did it arrive", "channels/d/deliveries/old")).to.deep.equal({
      outcome: "sent",
      platformIds: [id],
    });
  });

  it("are announced by typing", async () => {
    await come();
    await connection.typing?.({ address: `user:${mia.id}`, parentAddress: "" }, true);
    expect(discord.asked.at(-1)?.path).to.equal(`/channels/${directId}/typing`);
  });

  it("find their way to people and channels that are looked up", async () => {
    await come();
    const find = async (kind: "self" | "peers" | "groups" | "members", query: string) =>
      (await connection.lookUp?.({ kind, query, limit: 10 }))?.map(({ address, title }) => `${address} ${title}`);
    expect(await find("self", "")).to.deep.equal([`user:${selfUser.id} @claw`]);
    expect(await find("peers", "mi")).to.deep.equal([`user:${mia.id} Mia (@mia)`]);
    expect(await find("groups", "gener")).to.deep.equal([`${channelId} #general in House`]);
    expect(await find("members", channelId)).to.have.length(2);
  });
});
