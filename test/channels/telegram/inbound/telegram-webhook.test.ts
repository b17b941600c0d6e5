/** Updates that Telegram sends to the gateway's own port. */

import { expect } from "chai";
import { Channel_State } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { startTestServer, type TestServer } from "../../../support/test-server.ts";
import { until } from "../../../support/until.ts";
import { ChannelKit } from "../../contract/channel-kit.ts";
import { TelegramWorld } from "../telegram-world.ts";

const secret = "a-secret-of-16-or-more";
const webhookUrl = "https://claw.test/hooks/telegram";

describe("the webhook of Telegram", function () {
  this.timeout(60_000);
  let world: TelegramWorld;
  let kit: ChannelKit;
  let server: TestServer;

  beforeEach(async () => {
    world = new TelegramWorld();
    await world.start();
    kit = new ChannelKit(world, { webhookUrl, webhookSecret: secret });
    await kit.start();
    server = await startTestServer({ hooks: kit.core.core.hooks });
  });
  afterEach(async () => {
    await server.stop();
    await kit.close();
    await world.stop();
  });

  async function post(body: string, token: string | undefined = secret): Promise<number> {
    const headers = { "content-type": "application/json", "x-telegram-bot-api-secret-token": token };
    const response = await fetch(`${server.url}/hooks/telegram`, { method: "POST", headers, body });
    await response.arrayBuffer();
    return response.status;
  }

  const update = (text: string): string => JSON.stringify(world.telegram.say({ text }));

  it("is where Telegram is told to send to, with the secret", () => {
    expect(world.telegram.webhook).to.deep.equal({ url: webhookUrl, secret });
    expect(world.telegram.callsOf("getUpdates")).to.have.length(0);
  });

  it("answers what comes there, once", async () => {
    const once = update("by post");
    expect(await post(once)).to.equal(200);
    expect(await post(once)).to.equal(200);
    expect(await post(update("and another"))).to.equal(200);
    const told = await kit.told(2);
    expect(told.filter((text) => text.includes("by post"))).to.have.length(1);
  });

  it("takes an album that comes in parts as one message", async () => {
    const part = (caption: string | undefined): string => {
      const message = { caption, media_group_id: "g", photo: [{ file_id: "gone" }] };
      return JSON.stringify(world.telegram.say(message));
    };
    const parts = [part("two of them"), part(undefined)];
    expect(await Promise.all(parts.map((one) => post(one)))).to.deep.equal([200, 200]);
    expect((await kit.told(1))[0]).to.contain("<media:image>\n<media:image>\ntwo of them");
    const { ingress } = await kit.core.client.ingress.listIngress({ parent: kit.channel });
    expect(ingress).to.have.length(1);
  });

  it("takes nothing without the secret", async () => {
    for (const wrong of ["", "wrong", `${secret}x`]) expect(await post(update("let me in"), wrong)).to.equal(401);
    expect(await post(update("the real one"))).to.equal(200);
    expect((await kit.told(1)).join()).not.to.contain("let me in");
  });

  it("takes no update that is none", async () => {
    expect(await post("{")).to.equal(400);
    expect(await post("[]")).to.equal(400);
  });

  it("does not confirm what cannot be kept", async () => {
    const keep = kit.core.store.transact;
    kit.core.store.transact = () => Promise.reject(new Error("the disk is full"));
    const text = update("keep me");
    expect(await post(text)).to.equal(503);
    kit.core.store.transact = keep;
    await kit.online();
    expect(await post(text)).to.equal(200);
    expect((await kit.told(1)).join()).to.contain("keep me");
  });

  it("is gone when the channel is stopped", async () => {
    await kit.core.client.channels.stopChannel({ name: kit.channel });
    expect(await post(update("anybody"))).to.equal(404);
  });

  it("is refused without a secret", async () => {
    await kit.close();
    kit = new ChannelKit(world, { webhookUrl });
    await kit.core.start();
    await until(() => kit.state.state === Channel_State.MISCONFIGURED, "it is refused");
    expect(kit.state.stateReason).to.contain("webhookSecret");
  });
});
