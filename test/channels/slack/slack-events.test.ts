/** How events come from Slack: acknowledged when they are safe, brought again, missed and fetched; over the socket and by HTTP. */

import { createHmac } from "node:crypto";
import { expect } from "chai";
import { slackNetwork } from "../../../src/channels/slack/slack-network.ts";
import type { HookResponse } from "../../../src/core/channel/http-hooks.ts";
import { MisconfiguredError } from "../../../src/core/channel/network.ts";
import { type Log, silentLog } from "../../../src/lib/log.ts";
import { RecordingHost } from "../../support/recording-host.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { FakeSlack, slackTokens } from "../../support/slack/fake-slack.ts";
import { channelId, directId, mia } from "../../support/slack/slack-place.ts";
import { until } from "../../support/until.ts";

describe("events on slack", function () {
  this.timeout(60_000);
  let slack: FakeSlack;
  const hosts: RecordingHost[] = [];

  beforeEach(async () => {
    slack = new FakeSlack();
    await slack.start();
  });
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.stop();
    await slack.stop();
  });

  async function come(settings: object = {}, cursor = "", log: Log = silentLog): Promise<RecordingHost> {
    const host = new RecordingHost();
    host.log = log;
    host.cursor = cursor;
    hosts.push(host);
    await host.connect(slackNetwork, { ...slackTokens, apiRoot: slack.apiRoot, ...settings });
    return host;
  }

  /** Nobody is there any more, and what happens is told to nobody. */
  async function leave(host: RecordingHost): Promise<void> {
    await host.stop();
    await until(() => slack.sockets.lines === 0, "the line has ended");
    slack.sockets.keepsEvents = false;
  }

  const texts = (host: RecordingHost): string[] => host.received.map(({ text }) => text);
  const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

  it("are acknowledged when they are safe, and not before", async () => {
    const host = await come();
    const { promise: safe, resolve } = Promise.withResolvers<void>();
    let asked = 0;
    host.keeping = () => {
      asked += 1;
      return safe;
    };
    slack.place.say(directId, "keep me");
    await until(() => asked === 1, "it is being kept");
    expect(slack.sockets.acknowledged).to.deep.equal([]);
    resolve();
    await until(() => slack.sockets.acknowledged.length === 1, "it is acknowledged");
    expect(slack.sockets.unacknowledged).to.equal(0);
  });

  it("that could not be kept are not acknowledged, and are taken when they come again", async () => {
    const host = await come();
    let refused = 0;
    host.keeping = async () => {
      refused += 1;
      throw new Error("the disk is full");
    };
    slack.place.say(directId, "keep me");
    await until(() => refused === 1, "it is refused");
    host.keeping = async () => {};
    slack.sockets.bringAgain();
    await host.heard(1);
    await until(() => slack.sockets.unacknowledged === 0, "it is acknowledged");
    expect(texts(host)).to.deep.equal(["keep me"]);
  });

  it("of other kinds are acknowledged and bring nothing", async () => {
    const host = await come();
    slack.sockets.tell({ type: "reaction_added", user: mia, reaction: "eyes" });
    slack.place.say(directId, "after it");
    await until(
      () => slack.sockets.unacknowledged === 0 && slack.sockets.acknowledged.length === 2,
      "both are acknowledged",
    );
    expect(texts(host)).to.deep.equal(["after it"]);
  });

  it("go on without a break when slack wants the line to be made anew", async () => {
    const host = await come();
    slack.sockets.disconnect("refresh_requested");
    await until(() => slack.sockets.opened === 2 && slack.sockets.lines === 1, "the new line takes over");
    slack.place.say(directId, "on the new line");
    await host.heard(1);
    expect(host.told.map((line) => line.split(" ", 1)[0])).to.deep.equal(["online"]);
  });

  it("go on after the line was cut", async () => {
    const host = await come();
    slack.cut();
    await until(() => slack.sockets.opened === 2, "it connects again");
    slack.place.say(directId, "are you there");
    await host.heard(1);
    expect(host.told.map((line) => line.split(" ", 1)[0])).to.deep.equal(["online", "offline", "online"]);
  });

  it("that were missed are fetched where something was said lately, in order and with their threads", async () => {
    const first = await come();
    const root = slack.place.say(channelId, "the root");
    slack.place.say(channelId, "in the thread", { thread_ts: root.ts });
    slack.place.say(directId, "direct");
    await first.heard(3);
    await leave(first);
    for (let index = 0; index < 120; index += 1) slack.place.say(channelId, `missed ${index}`);
    slack.place.say(channelId, "missed in the thread", { thread_ts: root.ts });
    const second = await come({}, first.cursor);
    await second.heard(121);
    const heard = texts(second);
    expect(heard.filter((text) => /missed \d/.test(text))).to.deep.equal(
      Array.from({ length: 120 }, (_, index) => `missed ${index}`),
    );
    expect(heard.filter((text) => !/missed \d/.test(text))).to.deep.equal(["missed in the thread"]);
  });

  it("that were missed and are too many to be fetched are told in the log", async () => {
    const first = await come();
    slack.place.say(channelId, "the first");
    await first.heard(1);
    await leave(first);
    for (let index = 0; index < 501; index += 1) slack.place.say(channelId, `missed ${index}`);
    const log = new RecordingLog();
    const second = await come({}, first.cursor, log);
    await second.heard(500);
    expect(log.lines.map(({ level, fields }) => [level, fields.conversation])).to.deep.equal([["warn", channelId]]);
  });

  it("of somebody who wrote for the first time while nobody was there are fetched as well", async () => {
    const first = await come();
    slack.place.say(channelId, "elsewhere");
    await first.heard(1);
    await leave(first);
    slack.place.say(directId, "hello, I am new");
    const second = await come({}, first.cursor);
    await second.heard(1);
    expect(texts(second)).to.deep.equal(["hello, I am new"]);
  });

  it("that came before it was there for the first time are not fetched", async () => {
    slack.sockets.keepsEvents = false;
    slack.place.say(directId, "old news");
    const host = await come();
    slack.place.say(directId, "fresh news");
    await host.heard(1);
    expect(texts(host)).to.deep.equal(["fresh news"]);
    expect(slack.formsOf("conversations.history")).to.deep.equal([]);
  });

  it("do not come to a bot or an app slack does not know", async () => {
    for (const key of ["botToken", "appToken"]) {
      const error = await failureOf(come({ [key]: "wrong" }));
      expect(error, key).to.be.instanceOf(MisconfiguredError);
      expect(String(error)).to.contain(`channels.slack.${key}`).and.not.to.contain("wrong");
    }
  });

  it("do not come when socket mode is switched off", async () => {
    const host = await come();
    slack.sockets.disconnect("link_disabled");
    expect(await host.failure()).to.be.instanceOf(MisconfiguredError);
  });

  it("need tokens, and say which", () => {
    const connect = (settings: object) => () => slackNetwork.connect(settings, new RecordingHost());
    expect(connect({})).to.throw(MisconfiguredError, "SLACK_BOT_TOKEN");
    expect(connect({ botToken: "x" })).to.throw(MisconfiguredError, "SLACK_APP_TOKEN");
    expect(connect({ botToken: "x", mode: "http" })).to.throw(MisconfiguredError, "signingSecret");
  });

  describe("by HTTP", () => {
    const http = { mode: "http", appToken: undefined, signingSecret: "test-secret" };

    /** A request as Slack signs it; `changes` spoil it. */
    function post(
      host: RecordingHost,
      body: object,
      { secret = "test-secret", ageS = 0, sent = "" } = {},
    ): Promise<HookResponse> {
      const text = JSON.stringify(body);
      const time = String(Math.floor(Date.now() / 1_000) - ageS);
      const signature = `v0=${createHmac("sha256", secret).update(`v0:${time}:${text}`).digest("hex")}`;
      const headers = { "x-slack-request-timestamp": time, "x-slack-signature": signature };
      const hook = host.hooks.get("/slack/events");
      if (hook === undefined) throw new Error("nobody answers /slack/events");
      return hook({ url: "/slack/events", headers, body: new TextEncoder().encode(sent || text) });
    }
    const said = (text: string): object => ({
      type: "event_callback",
      event: { type: "message", channel: directId, channel_type: "im", user: mia, text, ts: "1700000000.000100" },
    });

    it("are taken when they are signed, without a socket", async () => {
      const host = await come(http);
      expect((await post(host, said("by mail"))).status).to.equal(200);
      expect(texts(host)).to.deep.equal(["by mail"]);
      expect(slack.sockets.opened).to.equal(0);
    });

    it("are answered only once they are safe", async () => {
      const host = await come(http);
      host.keeping = () => Promise.reject(new Error("the disk is full"));
      expect((await post(host, said("keep me"))).status).to.equal(500);
      host.keeping = async () => {};
      expect((await post(host, said("keep me"))).status).to.equal(200);
      expect(texts(host)).to.deep.equal(["keep me"]);
    });

    it("are refused with a wrong signature, an old one, one of the future, or one of other bytes", async () => {
      const host = await come(http);
      for (const spoilt of [
        { secret: "another" },
        { ageS: 301 },
        { ageS: -310 },
        { sent: JSON.stringify(said("forged")) },
      ]) {
        expect((await post(host, said("let me in"), spoilt)).status, JSON.stringify(spoilt)).to.equal(401);
      }
      expect(texts(host)).to.deep.equal([]);
    });

    it("are refused without a signature", async () => {
      const host = await come(http);
      const hook = host.hooks.get("/slack/events");
      const answer = await hook?.({ url: "/slack/events", headers: {}, body: new Uint8Array() });
      expect(answer?.status).to.equal(401);
    });

    it("begin with a challenge, which is answered", async () => {
      const host = await come(http);
      const answer = await post(host, { type: "url_verification", challenge: "c-123" });
      expect(answer).to.deep.include({ status: 200, body: "c-123" });
    });

    it("come to a path of each account, or to the one that is configured", async () => {
      for (const [channel, settings, path] of [
        ["channels/slack:work", {}, "/slack/events/work"],
        ["channels/slack:work", { webhookPath: "/from-slack" }, "/from-slack"],
      ] as const) {
        const host = new RecordingHost(channel);
        hosts.push(host);
        await host.connect(slackNetwork, { ...slackTokens, apiRoot: slack.apiRoot, ...http, ...settings });
        expect([...host.hooks.keys()]).to.deep.equal([path]);
      }
    });

    it("are not answered any more once it is stopped", async () => {
      const host = await come(http);
      await host.stop();
      expect([...host.hooks.keys()]).to.deep.equal([]);
    });
  });
});
