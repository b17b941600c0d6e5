/** A program outside that is a channel, over the wire: attaching, what comes in, what goes out, and what goes wrong. */

import { expect } from "chai";
import { Conversation_Kind as Kind, Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Delivery_State as Sending } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { Ingress_Outcome as Outcome } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { createGatewayClient, type GatewayClient } from "../../../src/client/gateway-client.ts";
import { ConfiguredGateway } from "../../support/configured-gateway.ts";
import { expectFailure } from "../../support/expect-failure.ts";
import { TestDriver } from "../../support/test-driver.ts";

const open = { driver: "remote", dmPolicy: "open", allowFrom: ["*"], typingMode: "never" };

describe("a channel driver", () => {
  let gateway: ConfiguredGateway;
  let client: GatewayClient;
  let node: GatewayClient;
  let driver: TestDriver;

  const clientOf = async (tokenId: string): Promise<GatewayClient> => {
    const { secret } = await client.access.createToken({ tokenId, scopes: [Scope.NODE] });
    return createGatewayClient({ url: gateway.gateway.urls[0] as string, token: secret });
  };

  before(async () => {
    const channels = {
      mynet: open,
      own: { ...open, driverPrincipal: "tokens/somebody-else" },
      irc: { host: "irc.example", nick: "me", enabled: false },
    };
    gateway = new ConfiguredGateway(JSON.stringify({ channels }));
    client = await gateway.start();
    node = await clientOf("driver");
  });
  after(() => gateway.remove());

  beforeEach(async () => {
    driver = new TestDriver(node, "channels/mynet");
    await driver.attachSoon();
  });
  afterEach(() => driver.vanish());

  it("is the channel from attaching on, under its own name and with its own capabilities", async () => {
    expect(driver.frames[0]?.case).to.equal("attached");
    const { channel } = await client.channels.getChannel({ name: "channels/mynet" });
    expect(channel).to.include({ state: State.ONLINE, title: "Test driver", remote: true });
    expect(channel?.capabilities?.maxText).to.equal(1_000);
  });

  it("brings a message, and is asked to send the answer to it", async () => {
    const { ingress } = await driver.report("hello from outside");
    expect(ingress).to.include({ outcome: Outcome.ACCEPTED, conversation: "channels/mynet/conversations/mia" });
    const { address, delivery } = await driver.attempted(1);
    expect([address, driver.said]).to.deep.equal(["mia", ["hello from outside"]]);
    const sent = await delivered(delivery?.name ?? "");
    expect([sent?.state, sent?.platformIds]).to.deep.equal([Sending.SENT, ["p1"]]);
  });

  it("gets the same answer for the same message, which is answered once", async () => {
    const first = await driver.report("say it once", { platformId: "same" });
    const second = await driver.report("say it once", { platformId: "same" });
    expect(second.ingress).to.deep.equal(first.ingress);
    await driver.report("and then this");
    await driver.seen(() => driver.said.find((text) => text === "and then this"));
    expect(driver.said.filter((text) => text === "say it once")).to.have.length(1);
  });

  it("is told where it left off when it attaches again", async () => {
    await driver.report("x", { cursor: "page 7" });
    await driver.vanish();
    await driver.attachSoon();
    const attached = driver.frames.findLast((frame) => frame.case === "attached");
    expect(attached?.value).to.include({ backfillCursor: "page 7" });
  });

  it("is asked again when it says that nothing was sent, and not when that is for good", async () => {
    const answers = [
      { case: "unsent" as const, value: { message: "busy", retryAfter: { nanos: 1_000_000 } } },
      { case: "unsent" as const, value: { message: "blocked", permanent: true } },
    ];
    driver.answer = () => answers.shift();
    await driver.report("try me");
    const { delivery, attempt } = await driver.attempted(2);
    expect(attempt).to.equal(2);
    const failed = await delivered(delivery?.name ?? "");
    expect([failed?.state, failed?.error?.message]).to.deep.equal([Sending.FAILED, "blocked"]);
  });

  it("leaves what it cannot know ambiguous, and is not asked to send it again", async () => {
    driver.answer = () => ({ case: "ambiguous", value: { message: "the line broke" } });
    await driver.report("who knows");
    const { delivery } = await driver.attempted(1);
    expect((await delivered(delivery?.name ?? ""))?.state).to.equal(Sending.AMBIGUOUS);
    expect(driver.attempts).to.have.length(1);
  });

  it("is asked what became of a try that was open when it vanished", async () => {
    driver.answer = undefined;
    await driver.report("are you there?");
    // The second, where the first met the line of the driver before this one.
    const { delivery, attempt } = await driver.attempted(1);
    await driver.vanish();
    driver.answer = () => ({ case: "sent", value: { platformIds: ["late"] } });
    await driver.attachSoon();
    const again = await driver.attempted(2);
    expect([again.settle, again.attempt, again.delivery?.name]).to.deep.equal([true, attempt, delivery?.name]);
    const sent = await delivered(delivery?.name ?? "");
    expect([sent?.state, sent?.platformIds, sent?.attempts]).to.deep.equal([Sending.SENT, ["late"], attempt]);
  });

  it("may say what became of a try after it attached anew, and say it twice", async () => {
    driver.answer = undefined;
    await driver.report("slow one");
    const attempt = await driver.attempted(1);
    await driver.vanish();
    await driver.attachSoon();
    const result = { case: "sent" as const, value: { platformIds: ["once"] } };
    expect((await driver.complete(attempt, result)).delivery?.state).to.equal(Sending.SENT);
    expect((await driver.complete(attempt, result)).delivery?.platformIds).to.deep.equal(["once"]);
    const stale = { ...attempt, attempt: 7 };
    await expectFailure(driver.complete(stale, result), "DELIVERY_STATE");
  });

  it("gives way to a newer one", async () => {
    const newer = new TestDriver(node, "channels/mynet");
    await newer.attach({ title: "Newer" });
    await driver.ended();
    expect(driver.frames.at(-1)).to.deep.include({ case: "detached" });
    const { channel } = await client.channels.getChannel({ name: "channels/mynet" });
    expect(channel).to.include({ state: State.ONLINE, title: "Newer" });
    await newer.vanish();
  });

  it("says how the network is: deliveries wait while it is offline", async () => {
    const attached = driver.frames[0]?.value as { attachment: string };
    const name = "channels/mynet";
    await node.drivers.reportState({ name, attachment: "older", state: State.OFFLINE, reason: "not heard" });
    expect((await client.channels.getChannel({ name })).channel?.state).to.equal(State.ONLINE);
    await node.drivers.reportState({ name, attachment: attached.attachment, state: State.OFFLINE, reason: "no net" });
    expect((await client.channels.getChannel({ name })).channel).to.include({
      state: State.OFFLINE,
      stateReason: "no net",
    });
    await driver.report("wait for it");
    await node.drivers.reportState({ name, attachment: attached.attachment, state: State.ONLINE });
    await driver.seen(() => driver.said.find((text) => text === "wait for it"));
  });

  it("is sent away when the channel is stopped, and let in again when it is started", async () => {
    await client.channels.stopChannel({ name: "channels/mynet" });
    await driver.ended();
    expect(driver.frames.at(-1)?.case).to.equal("detached");
    await expectFailure(driver.attach(), "CHANNEL_STATE");
    await expectFailure(driver.report("hello?"), "CHANNEL_STATE");
    await client.channels.startChannel({ name: "channels/mynet" });
    await driver.attachSoon();
  });

  it("cannot be a channel that is not configured, not remote, or somebody else's", async () => {
    await expectFailure(new TestDriver(node, "channels/none").attach(), "NOT_FOUND");
    await expectFailure(new TestDriver(node, "channels/irc").attach(), "CHANNEL_STATE");
    await expectFailure(new TestDriver(node, "channels/own").attach(), "SCOPE_MISSING");
    await expectFailure(new TestDriver(client, "channels/mynet").attach(), "SCOPE_MISSING");
  });

  it("must name every message, where it is and who wrote it", async () => {
    for (const field of ["platformId", "address", "senderAddress"]) {
      const error = await expectFailure(driver.report("x", { [field]: "" }), "FIELD_INVALID");
      expect(error.message).to.contain("message.");
    }
  });

  it("is told what is wrong with a message, and stays the channel", async () => {
    const endless = { reaction: { emoji: "x".repeat(200), remove: false }, replyTo: "p1" };
    const toNothing = { reaction: { emoji: "👍", remove: false } };
    await expectFailure(driver.report("x", { kind: Kind.UNSPECIFIED }), "FIELD_INVALID");
    await expectFailure(driver.report("x", endless), "FIELD_INVALID");
    await expectFailure(driver.report("x", toNothing), "FIELD_INVALID");
    await driver.report("and now?");
    await driver.seen(() => driver.said.find((text) => text === "and now?"));
    expect(driver.frames.filter((frame) => frame.case === "detached")).to.deep.equal([]);
  });

  /** The delivery at its end. */
  async function delivered(name: string) {
    for (let tries = 0; tries < 500; tries += 1) {
      const { delivery } = await client.deliveries.getDelivery({ name });
      if (delivery?.endTime !== undefined) return delivery;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${name} came to no end`);
  }
});
