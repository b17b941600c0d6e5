/** What comes in over a webhook. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Channel_State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { webhookSettings } from "../../../src/channels/webhook/webhook-settings.ts";
import { signatureHeaders, signatureProblem } from "../../../src/channels/webhook/webhook-signature.ts";
import { configSchema } from "../../../src/config/config-schema.ts";
import { MisconfiguredError } from "../../../src/core/channel/network.ts";
import { signatureOf } from "../../support/webhook/fake-receiver.ts";
import { ChannelKit } from "../contract/channel-kit.ts";
import { person, WebhookWorld } from "./webhook-world.ts";

describe("what comes in over a webhook", function () {
  this.timeout(30_000);
  let world: WebhookWorld;
  let kit: ChannelKit;

  beforeEach(async () => {
    world = new WebhookWorld();
    await world.start();
    kit = new ChannelKit(world);
    await kit.start();
  });
  afterEach(async () => {
    await kit.close();
    await world.stop();
  });

  const say = (more: object) => world.post(JSON.stringify({ id: "1", from: person, text: "hello", ...more }));

  async function ingress() {
    return (await kit.core.client.ingress.listIngress({ parent: kit.channel })).ingress;
  }

  it("is acknowledged with what became of it", async () => {
    const { status, text } = await say({});
    expect(status).to.equal(200);
    expect(JSON.parse(text)).to.include({ outcome: "ACCEPTED" });
    expect((await ingress()).map(({ name }) => name)).to.deep.equal([JSON.parse(text).ingress]);
  });

  it("is taken once, however often it comes, and answered alike", async () => {
    expect(await say({})).to.deep.equal(await say({}));
    expect(await ingress()).to.have.length(1);
  });

  const long = "x".repeat(5_000);
  for (const odd of [
    { conversation: "" },
    { kind: "constructor", conversation: "room" },
    { id: long },
    { from: long },
    { conversation: long },
  ]) {
    it(`is refused, and nothing else, when it says ${JSON.stringify(odd).slice(0, 40)}`, async () => {
      expect((await say(odd)).status).to.equal(400);
      expect((await say({ id: "2" })).status).to.equal(200);
      expect(kit.state).to.include({ state: Channel_State.ONLINE, failures: 0 });
    });
  }

  it("was written now when it says a time of no calendar", async () => {
    const beganMs = Date.now();
    await say({ time: "-271821-04-20T00:00:00Z" });
    const [{ message } = {}] = await ingress();
    expect(message?.time && timestampMs(message.time)).to.be.within(beganMs - 1, Date.now());
  });

  it("says who, where and what", async () => {
    const place = { kind: "thread", conversation: "room/7", parent: "room", title: "Seven" };
    await say({
      ...place,
      from: 42,
      fromName: "Mia",
      mention: true,
      replyTo: "m1",
      replyText: "before",
      time: "2026-01-02T03:04:05Z",
    });
    const [{ message } = {}] = await ingress();
    expect(message).to.deep.include({
      senderAddress: "42",
      senderTitle: "Mia",
      address: "room/7",
      parentAddress: "room",
    });
    expect(message).to.deep.include({
      mentionsUs: true,
      replyTo: "m1",
      replyText: "before",
      conversationTitle: "Seven",
    });
    expect(message?.time?.seconds).to.equal(BigInt(Date.parse("2026-01-02T03:04:05Z") / 1_000));
  });

  it("brings files, under names that are no paths", async () => {
    const data = Buffer.from("%PDF-1.4 notes").toString("base64");
    await say({ files: [{ name: "../../notes.pdf", data }] });
    const [{ message } = {}] = await ingress();
    expect(message?.attachments[0]).to.include({ fileName: "notes.pdf", mediaType: "application/pdf", sizeBytes: 14n });
  });

  it("is refused with the name of the field that is wrong", async () => {
    const wrong: readonly (readonly [object, string])[] = [
      [{ id: "" }, '"id" is empty'],
      [{ from: undefined }, '"from" is missing'],
      [{ text: " " }, '"text" is empty'],
      [{ kind: "crowd" }, '"kind" is none of'],
      [{ kind: "group" }, '"conversation" is missing'],
      [{ bot: "yes" }, '"bot" is neither'],
      [{ files: [{}] }, "base64"],
    ];
    for (const [fields, words] of wrong) {
      const { status, text } = await say(fields);
      expect([status, text], text).to.satisfy(
        ([code, said]: [number, string]) => code === 400 && JSON.parse(said).error.includes(words),
      );
    }
    for (const body of ["", "[]", "null", "{", "\ufffd"]) expect((await world.post(body)).status, body).to.equal(400);
    expect(await ingress()).to.have.length(0);
  });

  it("is refused without a signature, with a wrong one, with one of another body, and with an old one", async () => {
    const body = JSON.stringify({ id: "1", from: person, text: "let me in" });
    const old = String(Math.floor(Date.now() / 1_000) - 400);
    const { secret } = world.receiver;
    const changes: readonly Record<string, string>[] = [
      { "x-openclaw-signature": "" },
      { "x-openclaw-timestamp": "" },
      { "x-openclaw-signature": `sha256=${"0".repeat(64)}` },
      { "x-openclaw-signature": signatureOf("another-secret-than-ours", old, body) },
      { "x-openclaw-timestamp": old, "x-openclaw-signature": signatureOf(secret, old, body) },
    ];
    for (const one of changes) expect((await world.post(body, one)).status, JSON.stringify(one)).to.equal(401);
    expect(await ingress()).to.have.length(0);
  });

  it("is locked out for a while after twenty wrong signatures", async () => {
    for (let tries = 0; tries < 20; tries += 1) {
      expect((await world.post("{}", { "x-openclaw-signature": "" })).status).to.equal(401);
    }
    expect((await say({})).status).to.equal(429);
  });

  it("is not acknowledged when it cannot be kept", async () => {
    const keep = kit.core.store.transact;
    kit.core.store.transact = () => Promise.reject(new Error("the disk is full"));
    expect((await say({})).status).to.equal(503);
    kit.core.store.transact = keep;
    await kit.online();
    expect((await say({})).status).to.equal(200);
    expect(await ingress()).to.have.length(1);
  });

  it("is to be sent again when too many of one sender wait; what was taken is kept", async () => {
    const { core, store } = kit.core;
    const keep = store.transact.bind(store);
    const gate = Promise.withResolvers<void>();
    store.transact = (work) => gate.promise.then(() => keep(work));
    core.inbound.hurry();
    const answers = Array.from({ length: 65 }, (_, index) => say({ id: String(index) }));
    expect((await Promise.race(answers)).status).to.equal(429);
    gate.resolve();
    const statuses = (await Promise.all(answers)).map(({ status }) => status).sort();
    expect(statuses).to.deep.equal([...Array(64).fill(200), 429]);
    const { ingress: kept } = await kit.core.client.ingress.listIngress({ parent: kit.channel, pageSize: 100 });
    expect(kept).to.have.length(64);
  });

  it("is taken while the receiver of answers is away", async () => {
    await world.goAway();
    await kit.is(Channel_State.OFFLINE);
    expect((await say({})).status).to.equal(200);
    await world.comeBack();
    expect((await kit.told(1)).join()).to.contain("hello");
  });
});

describe("the signature of a webhook", () => {
  const body = Buffer.from("{}");
  const nowMs = 1_790_000_000_000;

  it("is good for five minutes in both directions", () => {
    const headers = signatureHeaders({ secret: "s", body, nowMs });
    for (const apartMs of [-300_000, 0, 300_000]) {
      expect(signatureProblem(headers, { secret: "s", body, nowMs: nowMs + apartMs })).to.equal(undefined);
    }
    for (const apartMs of [-301_000, 301_000]) {
      expect(signatureProblem(headers, { secret: "s", body, nowMs: nowMs + apartMs })).to.contain("300 s ago");
    }
  });

  it("covers the time", () => {
    const headers = signatureHeaders({ secret: "s", body, nowMs });
    const moved = { ...headers, "x-openclaw-timestamp": String(nowMs / 1_000 + 1) };
    expect(signatureProblem(moved, { secret: "s", body, nowMs })).to.contain("wrong");
  });

  it("is never right with an empty secret", () => {
    const headers = signatureHeaders({ secret: "", body, nowMs });
    expect(signatureProblem(headers, { secret: "", body, nowMs })).to.contain("wrong");
    expect(() => webhookSettings({})).to.throw(MisconfiguredError, "channels.webhook.secret");
    expect(() => webhookSettings({ secret: "" })).to.throw(MisconfiguredError, "channels.webhook.secret");
    expect(configSchema.safeParse({ channels: { webhook: { secret: "" } } }).success).to.equal(false);
  });
});
