/** Reactions on Slack as the gateway hears them. */

import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { slackNetwork } from "../../../src/channels/slack/slack-network.ts";
import { RecordingHost } from "../../support/recording-host.ts";
import { FakeSlack, slackTokens } from "../../support/slack/fake-slack.ts";
import { ben, channelId, directId, mia, selfUser } from "../../support/slack/slack-place.ts";
import { eventually, until } from "../../support/until.ts";
import { ChannelKit } from "../contract/channel-kit.ts";
import { SlackWorld } from "./slack-world.ts";

describe("reactions on slack", function () {
  this.timeout(60_000);
  let slack: FakeSlack;
  let host: RecordingHost;

  beforeEach(async () => {
    slack = new FakeSlack();
    host = new RecordingHost();
    await slack.start();
    await host.connect(slackNetwork, { ...slackTokens, apiRoot: slack.apiRoot });
  });
  afterEach(async () => {
    await host.stop();
    await slack.stop();
  });

  const ourWords = (channel: string): string =>
    slack.place.say(channel, "words of ours", { user: selfUser.user_id, bot_id: selfUser.bot_id }).ts;

  it("say who put what on which message, and where", async () => {
    const ts = ourWords(channelId);
    slack.place.react(ts, "+1", { user: ben });
    const [message] = await host.heard(1);
    expect(message).to.include({ kind: Kind.GROUP, address: channelId, conversationTitle: "#general" });
    expect(message).to.include({ senderAddress: ben, senderTitle: "Ben B.", senderIsBot: false });
    expect(message).to.include({ replyTo: ts, repliesToUs: true, space: selfUser.team_id, text: "" });
    expect(message?.reaction).to.include({ emoji: "👍", remove: false });
  });

  it("are direct in the conversation with somebody", async () => {
    slack.place.react(ourWords(directId), "+1");
    const [message] = await host.heard(1);
    expect(message).to.include({ kind: Kind.DIRECT, address: mia, senderTitle: "Mia" });
  });

  it("that are taken back say so", async () => {
    slack.place.react(ourWords(channelId), "tada", { remove: true });
    const [message] = await host.heard(1);
    expect(message?.reaction).to.include({ emoji: "🎉", remove: true });
  });

  it("to what somebody else wrote are not to us", async () => {
    slack.place.react(slack.place.say(channelId, "from ben", { user: ben }).ts, "+1");
    const [, message] = await host.heard(2);
    expect(message).to.include({ repliesToUs: false });
  });

  it("with an emoji only Slack knows are called by its name", async () => {
    slack.place.react(ourWords(channelId), "party-parrot");
    const [message] = await host.heard(1);
    expect(message?.reaction?.emoji).to.equal(":party-parrot:");
  });

  it("in a shade are the emoji", async () => {
    slack.place.react(ourWords(channelId), "thumbsup::skin-tone-3");
    const [message] = await host.heard(1);
    expect(message?.reaction?.emoji).to.equal("👍");
  });

  it("have the same id when Slack brings them again, and another when the same is done again", async () => {
    const ts = ourWords(channelId);
    slack.place.react(ts, "+1");
    slack.sockets.repeat();
    slack.place.react(ts, "+1");
    const ids = (await host.heard(3)).map(({ platformId }) => platformId);
    expect(ids[0]).to.equal(ids[1]);
    expect(ids[2]).not.to.equal(ids[0]);
  });

  it("are acknowledged once they are kept, and not before", async () => {
    await until(() => slack.sockets.unacknowledged === 0, "nothing waits");
    const kept = Promise.withResolvers<void>();
    host.keeping = () => kept.promise;
    slack.place.react(ourWords(channelId), "+1");
    await until(() => slack.sockets.unacknowledged === 1, "only the reaction waits");
    kept.resolve();
    await until(() => slack.sockets.unacknowledged === 0, "it is acknowledged");
    expect(host.received).to.have.length(1);
  });

  it("of our own, and to files, are none", async () => {
    const ts = ourWords(channelId);
    slack.place.react(ts, "eyes", { user: selfUser.user_id });
    const item = { type: "file", file: "F1" };
    slack.place.onEvent({ type: "reaction_added", user: mia, reaction: "+1", item, event_ts: "1.1" });
    slack.place.react(ts, "fire");
    const [message] = await host.heard(1);
    expect(message?.reaction?.emoji).to.equal("🔥");
  });
});

describe("a reaction in a thread on slack", function () {
  this.timeout(60_000);

  it("goes to the thread, though Slack does not name it", async () => {
    const world = new SlackWorld();
    await world.start();
    const kit = new ChannelKit(world, { groupPolicy: "open", requireMention: false });
    try {
      await kit.start();
      const { place } = world.slack;
      const { ts } = place.say(channelId, "the first");
      place.say(channelId, "in the thread", { thread_ts: ts });
      const ours = () =>
        place.in(channelId).find(({ user, thread_ts }) => user === selfUser.user_id && thread_ts === ts);
      await until(() => ours() !== undefined, "the thread is answered");
      await kit.settled();
      place.react(ours()?.ts ?? "", "+1");
      const reaction = await eventually("the reaction came in", async () => {
        const { ingress } = await kit.core.client.ingress.listIngress({ parent: kit.channel });
        return ingress.find(({ message }) => message?.reaction !== undefined);
      });
      expect(reaction.message).to.include({
        kind: Kind.THREAD,
        address: `${channelId}:${ts}`,
        parentAddress: channelId,
      });
    } finally {
      await kit.close();
      await world.stop();
    }
  });
});
