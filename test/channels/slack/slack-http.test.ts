/** Slack's Events API through the port of a real gateway. */

import { createHmac } from "node:crypto";
import { expect } from "chai";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../../support/gateway-process.ts";
import { FakeSlack, slackTokens } from "../../support/slack/fake-slack.ts";
import { directId, mia, selfUser } from "../../support/slack/slack-place.ts";
import { eventually, until } from "../../support/until.ts";

describe("slack by HTTP", function () {
  this.timeout(60_000);
  const secret = "test-signing-secret";
  let slack: FakeSlack;
  let gateway: GatewayProcess;

  before(async () => {
    slack = new FakeSlack();
    await slack.start();
    const access = { dmPolicy: "open", allowFrom: ["*"] };
    const account = { mode: "http", signingSecret: secret, apiRoot: slack.apiRoot, ...access };
    const environment = { SLACK_BOT_TOKEN: slackTokens.botToken };
    gateway = await startGatewayProcess({ config: { channels: { slack: account } }, environment });
    await eventually("it answers Slack", async () => {
      const { status } = await fetch(`${gateway.url}/slack/events`, { method: "POST" });
      return status === 401 ? true : undefined;
    });
  });
  after(async () => {
    await gateway?.kill();
    if (gateway !== undefined) await removeHome(gateway.home);
    await slack.stop();
  });

  async function post(text: string, ts: string, signedWith = secret): Promise<Response> {
    const event = { type: "message", channel: directId, channel_type: "im", user: mia, text, ts };
    const body = JSON.stringify({ type: "event_callback", team_id: selfUser.team_id, event });
    const time = String(Math.floor(Date.now() / 1_000));
    const signature = `v0=${createHmac("sha256", signedWith).update(`v0:${time}:${body}`).digest("hex")}`;
    const headers = { "x-slack-request-timestamp": time, "x-slack-signature": signature };
    return fetch(`${gateway.url}/slack/events`, { method: "POST", body, headers });
  }
  const told = (): string[] =>
    slack.place
      .in(directId)
      .filter(({ user }) => user === selfUser.user_id)
      .map(({ text }) => text);

  it("is answered once, however often Slack brings the event, and not at all without its signature", async () => {
    expect((await post("forged", "1700000000.000001", "another secret")).status).to.equal(401);
    expect((await post("good morning", "1700000000.000002")).status).to.equal(200);
    expect((await post("good morning", "1700000000.000002")).status).to.equal(200);
    expect((await post("and again", "1700000000.000003")).status).to.equal(200);
    await until(() => told().some((text) => text.includes("and again")), "the last one is answered");
    expect(told().filter((text) => text.includes("good morning"))).to.have.length(1);
    expect(told().join()).not.to.contain("forged");
    expect(gateway.log()).not.to.contain(slackTokens.botToken).and.not.to.contain(secret);
  });
});
