/** Buttons on Slack, from what is sent to what is pressed. */

import { createHmac } from "node:crypto";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { OutboundActionSchema, type OutboundMessageSchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { AttachmentSchema } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { slackNetwork } from "../../../src/channels/slack/slack-network.ts";
import { type Connection, UnsentError } from "../../../src/core/channel/network.ts";
import { RecordingHost } from "../../support/recording-host.ts";
import { FakeSlack, slackTokens } from "../../support/slack/fake-slack.ts";
import { channelId, directId, mia, selfUser } from "../../support/slack/slack-place.ts";
import { until } from "../../support/until.ts";

const yes = { text: "Yes", press: { case: "data" as const, value: "I will be there" } };
const menu = { text: "Menu", press: { case: "url" as const, value: "https://example.org/menu" } };

describe("buttons on slack", function () {
  this.timeout(60_000);
  let slack: FakeSlack;
  let host: RecordingHost;

  beforeEach(async () => {
    slack = new FakeSlack();
    host = new RecordingHost();
    await slack.start();
  });
  afterEach(async () => {
    await host.stop();
    await slack.stop();
  });

  const come = (settings: object = {}): Promise<Connection> =>
    host.connect(slackNetwork, { ...slackTokens, apiRoot: slack.apiRoot, ...settings });

  async function send(
    connection: Connection,
    value: MessageInitShape<typeof OutboundMessageSchema>,
    address = channelId,
  ): Promise<string> {
    const attempt = { delivery: "channels/slack/deliveries/1", attempt: 1, signal: new AbortController().signal };
    const action = create(OutboundActionSchema, { kind: { case: "message", value } });
    const [id = ""] = await connection.send(action, { address, parentAddress: "" }, attempt);
    return id;
  }

  const blocks = () =>
    JSON.parse(slack.formsOf("chat.postMessage").at(-1)?.blocks ?? "[]") as Record<string, unknown>[];

  it("stand under the text, row by row", async () => {
    await send(await come(), { text: "**dinner** at seven?", buttons: [{ buttons: [yes] }, { buttons: [menu] }] });
    expect(slack.formsOf("chat.postMessage")[0]?.text).to.equal("*dinner* at seven?");
    const label = (text: string) => ({ type: "plain_text", text });
    expect(blocks()).to.deep.equal([
      { type: "section", text: { type: "mrkdwn", text: "*dinner* at seven?" } },
      {
        type: "actions",
        elements: [{ type: "button", action_id: "0-0", text: label("Yes"), value: "I will be there" }],
      },
      {
        type: "actions",
        elements: [{ type: "button", action_id: "1-0", text: label("Menu"), url: "https://example.org/menu" }],
      },
    ]);
  });

  it("stand under a long text in sections Slack takes", async () => {
    const text = "fish & chips ".repeat(300).trim();
    await send(await come(), { text, buttons: [{ buttons: [yes] }] });
    const sections = blocks().filter(({ type }) => type === "section");
    const texts = sections.map(({ text: section }) => (section as { text: string }).text);
    expect(texts.length).to.be.above(1);
    for (const piece of texts) expect(piece.length).to.be.at.most(3_000);
    expect(texts.join(" ").replaceAll("&amp;", "&")).to.equal(text);
  });

  it("say what is behind them when they are pressed, acknowledged once that is kept", async () => {
    const ts = await send(await come(), { text: "dinner?", buttons: [{ buttons: [yes] }] });
    await until(() => slack.sockets.unacknowledged === 0, "nothing waits");
    const kept = Promise.withResolvers<void>();
    host.keeping = () => kept.promise;
    slack.place.press(ts, "I will be there");
    await until(() => slack.sockets.unacknowledged === 1, "only the button waits");
    kept.resolve();
    await until(() => slack.sockets.unacknowledged === 0, "it is acknowledged");
    const [message] = await host.heard(1);
    expect(message).to.include({ text: "I will be there", button: true, mentionsUs: true, repliesToUs: true });
    expect(message).to.include({ kind: Kind.GROUP, address: channelId, senderAddress: mia, senderTitle: "Mia" });
    expect(message).to.include({ replyTo: ts, replyText: "dinner?", space: selfUser.team_id });
  });

  it("are direct in the conversation with somebody, and the thread's in a thread", async () => {
    const connection = await come();
    slack.place.press(await send(connection, { text: "dinner?", buttons: [{ buttons: [yes] }] }, mia), "yes");
    const { ts: root } = slack.place.say(channelId, "a thread", { user: selfUser.user_id });
    const address = `${channelId}:${root}`;
    slack.place.press(await send(connection, { text: "lunch?", buttons: [{ buttons: [yes] }] }, address), "no");
    const [direct, thread] = await host.heard(2);
    expect(direct).to.include({ kind: Kind.DIRECT, address: mia });
    expect(thread).to.include({ kind: Kind.THREAD, address, parentAddress: channelId });
  });

  it("that open a page say nothing", async () => {
    const ts = await send(await come(), { text: "dinner?", buttons: [{ buttons: [menu] }] });
    slack.place.press(ts, undefined);
    slack.place.say(directId, "after it");
    await until(() => slack.sockets.unacknowledged === 0, "both are acknowledged");
    expect(host.received.map(({ text }) => text)).to.deep.equal(["after it"]);
  });

  it("come by HTTP as a form, signed like everything else", async () => {
    const connection = await come({ mode: "http", appToken: undefined, signingSecret: "test-secret" });
    const ts = await send(connection, { text: "dinner?", buttons: [{ buttons: [yes] }] });
    const body = new URLSearchParams({ payload: JSON.stringify(slack.place.press(ts, "I will be there")) }).toString();
    const post = (secret: string) => {
      const time = String(Math.floor(Date.now() / 1_000));
      const signature = `v0=${createHmac("sha256", secret).update(`v0:${time}:${body}`).digest("hex")}`;
      const headers = { "x-slack-request-timestamp": time, "x-slack-signature": signature };
      return host.hooks.get("/slack/events")?.({ url: "/slack/events", headers, body: new TextEncoder().encode(body) });
    };
    expect((await post("another"))?.status).to.equal(401);
    expect((await post("test-secret"))?.status).to.equal(200);
    const [message] = await host.heard(1);
    expect(message).to.include({ text: "I will be there", button: true, senderAddress: mia });
  });

  it("go when the message is changed, with the text they stood under", async () => {
    const connection = await come();
    const platformId = await send(connection, { text: "dinner?", buttons: [{ buttons: [yes] }] });
    const action = create(OutboundActionSchema, { kind: { case: "edit", value: { platformId, text: "too late" } } });
    const attempt = { delivery: "channels/slack/deliveries/2", attempt: 1, signal: new AbortController().signal };
    await connection.send(action, { address: channelId, parentAddress: "" }, attempt);
    expect(slack.formsOf("chat.update")[0]).to.include({ text: "too late", blocks: "[]" });
  });

  it("are refused for good under a file", async () => {
    const attachment = create(AttachmentSchema, { blob: "blobs/x", fileName: "plan.txt", sizeBytes: 1n });
    const sent = send(await come(), { text: "here", attachment, buttons: [{ buttons: [yes] }] });
    const failure = await sent.catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(UnsentError).and.have.property("permanent", true);
  });
});
