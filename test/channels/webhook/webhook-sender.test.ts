/** What goes out over a webhook. */

import { createHash, randomUUID } from "node:crypto";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Channel_State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type Delivery, Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { SendMessageRequest } from "../../../gen/openclaw/gateway/v1/delivery_service_pb.ts";
import { eventually } from "../../support/until.ts";
import { signatureOf } from "../../support/webhook/fake-receiver.ts";
import { ChannelKit } from "../contract/channel-kit.ts";
import { person, WebhookWorld } from "./webhook-world.ts";

describe("what goes out over a webhook", function () {
  this.timeout(30_000);
  let world: WebhookWorld;
  let kit: ChannelKit;

  async function start(changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    world = new WebhookWorld();
    await world.start();
    kit = new ChannelKit(world, changes);
    await kit.start();
  }
  afterEach(async () => {
    await kit.close();
    await world.stop();
  });

  async function send(action: { case: string; value: object }): Promise<Delivery> {
    const { conversation } = kit;
    const request = { conversation, requestId: randomUUID(), action: action as SendMessageRequest["action"] };
    const { deliveries } = await kit.core.client.deliveries.sendMessage(request);
    return kit.ended(deliveries[0]?.name ?? "", State.SENT, State.FAILED, State.AMBIGUOUS);
  }

  const text = (value: string) => ({ case: "content", value: { parts: [{ kind: { case: "text", value } }] } });

  it("is signed, and carries the name of its delivery as a key", async () => {
    await start();
    const { name, platformIds } = await send(text("**hi**"));
    const [{ headers, text: body, body: fields } = {}] = world.receiver.told;
    expect(fields).to.deep.equal({ delivery: name, conversation: person, kind: "message", text: "**hi**" });
    expect(headers?.["idempotency-key"]).to.equal(name);
    const timestamp = String(headers?.["x-openclaw-timestamp"]);
    expect(headers?.["x-openclaw-signature"]).to.equal(signatureOf(world.receiver.secret, timestamp, body ?? ""));
    expect(platformIds).to.deep.equal(["m1"]);
  });

  for (const pause of ["1e999", "soon", "-5"]) {
    it(`is tried again when the receiver asks to wait ${pause}`, async () => {
      await start();
      world.receiver.answerNext({ status: 503, headers: { "retry-after": pause } });
      expect(await send(text("hi"))).to.include({ state: State.SENT, attempts: 2 });
    });
  }

  it("waits for a day at most, however long the receiver asks for", async () => {
    await start();
    world.receiver.answerNext({ status: 503, headers: { "retry-after": "99999999999999" } });
    const [delivery] = await kit.send("hi");
    const waiting = await eventually("it waits", async () => {
      const { delivery: now } = await kit.core.client.deliveries.getDelivery({ name: delivery?.name ?? "" });
      return now?.retryTime;
    });
    expect(timestampMs(waiting)).to.be.within(Date.now(), Date.now() + 86_400_000);
  });

  it("brings files whole", async () => {
    await start();
    const bytes = Buffer.from("some notes");
    const blob = `blobs/${createHash("sha256").update(bytes).digest("hex")}`;
    const size = { sizeBytes: BigInt(bytes.length), offset: 0n };
    await kit.core.client.blobs.uploadBlob({ name: blob, ...size, chunk: bytes });
    const value = { blob, fileName: "notes.txt" };
    await send({ case: "content", value: { parts: [{ kind: { case: "attachment", value } }] } });
    const file = world.receiver.told[0]?.body.file;
    expect(file).to.deep.include({ name: "notes.txt", data: bytes.toString("base64") });
  });

  it("says what else is to be done, as far as the receiver can", async () => {
    await start({ actions: ["edit", "delete", "reaction", "poll"] });
    await send({ case: "edit", value: { platformId: "m1", text: "new" } });
    await send({ case: "delete", value: { platformId: "m1" } });
    await send({ case: "reaction", value: { platformId: "m1", emoji: "👍" } });
    await send({ case: "poll", value: { question: "tea?", options: ["yes", "no"] } });
    const told = world.receiver.told.map(({ body: { delivery, conversation, ...rest } }) => rest);
    expect(told).to.deep.equal([
      { kind: "edit", id: "m1", text: "new" },
      { kind: "delete", id: "m1" },
      { kind: "reaction", id: "m1", emoji: "👍", remove: false },
      { kind: "poll", question: "tea?", options: ["yes", "no"], multiple: false, durationSeconds: 0 },
    ]);
  });

  it("does not ask for what the receiver cannot do", async () => {
    await start();
    expect(kit.state.capabilities).to.include({ edit: false, delete: false, react: false, poll: false });
  });

  it("ends as the status says", async () => {
    await start();
    const ends = {
      400: State.FAILED,
      404: State.FAILED,
      302: State.FAILED,
      500: State.AMBIGUOUS,
      502: State.AMBIGUOUS,
    };
    for (const [status, end] of Object.entries(ends)) {
      world.receiver.answerNext({ status: Number(status) });
      const { state, error } = await send(text(status));
      expect(state, status).to.equal(end);
      expect(error?.message).to.equal(`the receiver answered ${status}`);
    }
  });

  it("goes out again when the receiver wants that, under the same key", async () => {
    await start();
    for (const status of [503, 429, 408]) {
      world.receiver.answerNext({ status, headers: { "retry-after": "0.01" } });
    }
    expect(await send(text("patience"))).to.include({ state: State.SENT, attempts: 4 });
    expect(new Set(world.receiver.asked.map(({ headers }) => headers["idempotency-key"]))).to.have.length(1);
  });

  it("is sent when the receiver says something that is no answer", async () => {
    await start();
    world.receiver.answerNext({ body: "thanks!" });
    expect(await send(text("hm"))).to.deep.include({ state: State.SENT, platformIds: [] });
  });

  it("waits while the receiver is away", async () => {
    await start();
    await world.goAway();
    await kit.is(Channel_State.OFFLINE);
    expect(kit.state.stateReason).to.contain("the receiver cannot be reached");
  });

  it("goes nowhere when no address is set, and messages come in all the same", async () => {
    await start({ url: undefined });
    const { state, error } = await send(text("anybody"));
    expect(state).to.equal(State.FAILED);
    expect(error?.message).to.contain("channels.webhook.url is not set");
  });

  it("goes to no private address unless that is meant", async () => {
    world = new WebhookWorld({ allowPrivateNetwork: false });
    await world.start();
    kit = new ChannelKit(world);
    await kit.core.start();
    await kit.is(Channel_State.MISCONFIGURED);
    expect(kit.state.stateReason).to.contain("allowPrivateNetwork");
    expect(world.receiver.asked).to.have.length(0);
  });
});
