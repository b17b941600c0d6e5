/** What is said on Slack as the gateway hears it, and what the gateway says as Slack is told it. */

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { DeliverySchema, OutboundActionSchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { slackNetwork } from "../../../src/channels/slack/slack-network.ts";
import { type Connection, UnsentError } from "../../../src/core/channel/network.ts";
import { RecordingHost } from "../../support/recording-host.ts";
import { FakeSlack, slackTokens } from "../../support/slack/fake-slack.ts";
import { ben, channelId, directId, groupDirectId, mia, selfUser } from "../../support/slack/slack-place.ts";

type Action = NonNullable<MessageInitShape<typeof OutboundActionSchema>["kind"]>;

describe("messages on slack", function () {
  this.timeout(60_000);
  let slack: FakeSlack;
  let host: RecordingHost;
  let connection: Connection;

  beforeEach(async () => {
    slack = new FakeSlack();
    host = new RecordingHost();
    await slack.start();
    connection = await host.connect(slackNetwork, { ...slackTokens, apiRoot: slack.apiRoot });
  });
  afterEach(async () => {
    await host.stop();
    await slack.stop();
  });

  function send(
    kind: Action,
    address = channelId,
    delivery = "channels/slack/deliveries/1",
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
    const { ts } = slack.place.say(directId, "hi");
    const [message] = await host.heard(1);
    expect(message).to.include({
      platformId: ts,
      address: mia,
      kind: Kind.DIRECT,
      text: "hi",
      space: selfUser.team_id,
    });
    expect(message).to.include({ senderAddress: mia, senderTitle: "Mia", senderIsBot: false, mentionsUs: false });
  });

  it("of several people in one conversation are a group's", async () => {
    slack.place.say(groupDirectId, "all three", { user: ben });
    const [message] = await host.heard(1);
    expect(message).to.include({ address: groupDirectId, kind: Kind.GROUP, senderTitle: "Ben B." });
  });

  it("in a thread name its channel, and answer us when we began it", async () => {
    const { ts } = slack.place.say(channelId, "ours", { user: selfUser.user_id });
    slack.place.say(channelId, "an answer", { thread_ts: ts, parent_user_id: selfUser.user_id });
    const [message] = await host.heard(1);
    expect(message).to.include({
      address: `${channelId}:${ts}`,
      parentAddress: channelId,
      kind: Kind.THREAD,
      repliesToUs: true,
    });
    expect(message?.conversationTitle).to.equal("#general");
  });

  it("in a thread we said something in answer us", async () => {
    const { ts } = slack.place.say(channelId, "mia begins");
    await send({ case: "message", value: { text: "we join" } }, `${channelId}:${ts}`);
    slack.place.say(channelId, "and on", { thread_ts: ts, parent_user_id: mia });
    const [, message] = await host.heard(2);
    expect(message?.repliesToUs).to.equal(true);
  });

  it("that mention us come as two events with one id", async () => {
    const text = `<@${selfUser.user_id}> look`;
    const { ts } = slack.place.say(channelId, text);
    slack.sockets.tell({ type: "app_mention", channel: channelId, user: mia, text, ts });
    const [first, second] = await host.heard(2);
    expect(first).to.include({ platformId: ts, text: "look", mentionsUs: true, kind: Kind.GROUP });
    expect(second).to.deep.equal(first);
  });

  it("of ours and of slack itself are not heard, those of other bots are known as such", async () => {
    slack.place.say(channelId, "ours", { user: undefined, bot_id: selfUser.bot_id, subtype: "bot_message" });
    slack.place.say(channelId, "mia joined", { subtype: "channel_join" });
    slack.place.say(channelId, "beep", {
      user: undefined,
      bot_id: "B00OTHER",
      subtype: "bot_message",
      username: "beeper",
    });
    const [message] = await host.heard(1);
    expect(message).to.include({ text: "beep", senderIsBot: true, senderAddress: "B00OTHER", senderTitle: "beeper" });
  });

  it("that were changed by who wrote them are told as edits, previews of links are not", async () => {
    const before = slack.place.say(directId, "teh");
    const change = {
      type: "message",
      subtype: "message_changed",
      channel: directId,
      ts: "1.1",
      previous_message: before,
    };
    slack.sockets.tell({ ...change, message: { ...before, attachments: [{}] } });
    slack.sockets.tell({ ...change, message: { ...before, text: "the", edited: { user: mia, ts: "1.2" } } });
    const [, edit] = await host.heard(2);
    expect(edit).to.include({ platformId: before.ts, text: "the", edited: true, address: mia });
  });

  it("bring their files, fetched with the bot's token", async () => {
    slack.place.files.set("a.txt", "what is in it");
    const files = [{ name: "a.txt", url_private_download: `${slack.url}/files/a.txt` }];
    slack.place.say(directId, "here", { subtype: "file_share", files });
    const [message] = await host.heard(1);
    expect(host.files.get(message?.attachments[0]?.blob ?? "")?.toString()).to.equal("what is in it");
  });

  it("bring no files from elsewhere, where the token would go as well, and say so", async () => {
    slack.place.say(directId, "look", {
      files: [{ name: "keys", url_private: "https://files.slack.com.evil.test/x" }],
    });
    const [message] = await host.heard(1);
    expect(message?.text).to.equal("look\n[file keys could not be taken]");
    expect(message?.attachments).to.deep.equal([]);
  });

  it("go out in slack's own marks, without previews", async () => {
    const [ts] = await send({ case: "message", value: { text: "**hi** & [x](https://x.test)" } });
    expect(slack.place.in(channelId).at(-1)).to.include({ ts, text: "*hi* &amp; <https://x.test|x>" });
    expect(slack.formsOf("chat.postMessage")[0]).to.include({
      unfurl_links: "false",
      unfurl_media: "false",
      link_names: "false",
    });
  });

  it("go out into threads, and as answers that begin one", async () => {
    await send({ case: "message", value: { text: "in it" } }, `${channelId}:1700000000.000100`);
    await send({ case: "message", value: { text: "beginning it", replyTo: "1700000000.000200" } });
    expect(slack.place.in(channelId).map(({ thread_ts }) => thread_ts)).to.deep.equal([
      "1700000000.000100",
      "1700000000.000200",
    ]);
  });

  it("go to a person in a conversation that is opened once", async () => {
    await send({ case: "message", value: { text: "one" } }, mia);
    await send({ case: "message", value: { text: "two" } }, mia);
    expect(slack.place.in(directId).map(({ text }) => text)).to.deep.equal(["one", "two"]);
    expect(slack.formsOf("conversations.open")).to.have.length(1);
  });

  it("go out with a file", async () => {
    const bytes = (async function* () {
      yield Buffer.from("bytes");
    })();
    const attachment = await host.storeFile(bytes, { fileName: "b.txt" });
    await send({ case: "message", value: { text: "*here*", attachment } }, `${channelId}:1700000000.000100`);
    expect(slack.formsOf("files.getUploadURLExternal")).to.deep.equal([{ filename: "b.txt", length: "5" }]);
    expect(slack.place.in(channelId).at(-1)).to.include({
      content: "bytes",
      text: "_here_",
      thread_ts: "1700000000.000100",
    });
  });

  it("whose file slack does not take were not sent", async () => {
    slack.special.push({ method: "files.getUploadURLExternal", answer: "arrives, then silence" });
    const attachment = await host.storeFile((async function* () {})(), { fileName: "c.txt" });
    expect((await failureOf(send({ case: "message", value: { text: "", attachment } }))).permanent).to.equal(false);
    expect(slack.formsOf("files.completeUploadExternal")).to.deep.equal([]);
  });

  it("of ours can be changed, taken back and reacted to", async () => {
    const [platformId = ""] = await send({ case: "message", value: { text: "old" } });
    await send({ case: "edit", value: { platformId, text: "**new**" } });
    expect(slack.place.in(channelId).at(-1)?.text).to.equal("*new*");
    await send({ case: "reaction", value: { platformId, emoji: "👀" } });
    await send({ case: "reaction", value: { platformId, emoji: "👀" } });
    expect(slack.place.reactions).to.deep.equal([`eyes ${platformId}`]);
    await send({ case: "reaction", value: { platformId, emoji: "👀", remove: true } });
    expect(slack.place.reactions).to.deep.equal([]);
    await send({ case: "delete", value: { platformId } });
    expect(slack.place.in(channelId)).to.deep.equal([]);
  });

  it("to nowhere, and reactions nobody has a name for, are refused for good", async () => {
    for (const address of ["#general", "C404404"]) {
      expect((await failureOf(send({ case: "message", value: { text: "x" } }, address))).permanent, address).to.equal(
        true,
      );
    }
    expect((await failureOf(send({ case: "reaction", value: { platformId: "1.1", emoji: "🪿" } }))).permanent).to.equal(
      true,
    );
  });

  for (const error of ["rate_limited", "team_added_to_org"]) {
    it(`are tried again when slack answers ${error}, which passes`, async () => {
      slack.special.push({ method: "chat.postMessage", answer: { body: { ok: false, error } } });
      expect(await failureOf(send({ case: "message", value: { text: "x" } }))).to.include({ permanent: false });
    });
  }

  it("wait for as long as slack wants", async () => {
    const answer = { status: 429, headers: { "retry-after": "30" }, body: { ok: false, error: "ratelimited" } };
    slack.special.push({ method: "chat.postMessage", answer });
    const failure = await failureOf(send({ case: "message", value: { text: "x" } }));
    expect(failure).to.include({ permanent: false, retryAfterMs: 30_000 });
  });

  it("in a channel slack is tired of are not even asked for, and others are", async () => {
    const answer = { status: 429, headers: { "retry-after": "30" }, body: { ok: false, error: "ratelimited" } };
    slack.special.push({ method: "chat.postMessage", answer });
    await failureOf(send({ case: "message", value: { text: "one" } }));
    const failure = await failureOf(send({ case: "message", value: { text: "two" } }));
    expect(failure.retryAfterMs).to.be.within(20_000, 30_000);
    await send({ case: "message", value: { text: "elsewhere" } }, mia);
    expect(slack.formsOf("chat.postMessage").map(({ text }) => text)).to.deep.equal(["one", "elsewhere"]);
  });

  it("of which slack itself does not know the outcome are not said to be unsent", async () => {
    slack.special.push({ method: "chat.postMessage", answer: { body: { ok: false, error: "internal_error" } } });
    const error = await send({ case: "message", value: { text: "x" } }).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(Error).and.not.to.be.instanceOf(UnsentError);
  });

  it("say which scope the app lacks", async () => {
    const body = { ok: false, error: "missing_scope", needed: "chat:write" };
    slack.special.push({ method: "chat.postMessage", answer: { body } });
    expect((await failureOf(send({ case: "message", value: { text: "x" } }))).message).to.contain("chat:write");
  });

  it("whose answer never came are found again by their delivery, or known to be unsent", async () => {
    const [ts = ""] = await send(
      { case: "message", value: { text: "same words" } },
      channelId,
      "channels/slack/deliveries/a",
    );
    await send({ case: "message", value: { text: "same words" } }, channelId, "channels/slack/deliveries/b");
    const ask = (name: string) => {
      const action = create(OutboundActionSchema, { kind: { case: "message", value: { text: "same words" } } });
      const delivery = create(DeliverySchema, { name, action, createTime: timestampFromMs(Date.now()) });
      return connection.reconcile?.(delivery, { address: channelId, parentAddress: "" });
    };
    expect(await ask("channels/slack/deliveries/a")).to.deep.equal({ outcome: "sent", platformIds: [ts] });
    expect(await ask("channels/slack/deliveries/c")).to.deep.equal({ outcome: "unsent" });
  });

  it("find their way to people and channels that are looked up", async () => {
    const find = async (kind: "self" | "peers" | "groups" | "members", query: string) =>
      (await connection.lookUp?.({ kind, query, limit: 10 }))?.map(({ address, title }) => `${address} ${title}`);
    expect(await find("self", "")).to.deep.equal([`${selfUser.user_id} @claw`]);
    expect(await find("peers", "ben")).to.deep.equal([`${ben} Ben B. (@ben)`]);
    expect(await find("groups", "gen")).to.deep.equal([`${channelId} #general`]);
    expect(await find("members", channelId)).to.deep.equal([`${mia} Mia`, `${ben} Ben B.`]);
  });
});
