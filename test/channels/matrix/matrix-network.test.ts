/** What Matrix has of its own: rooms, threads, edits, files, invitations, encryption, logins. */

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { Channel_State as State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Delivery_State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { SendMessageRequest } from "../../../gen/openclaw/gateway/v1/delivery_service_pb.ts";
import { Ingress_Outcome as Outcome } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { partName } from "../../../src/core/channel/channel-names.ts";
import { clawId } from "../../support/matrix/fake-homeserver.ts";
import { eventually, until } from "../../support/until.ts";
import { ChannelKit } from "../contract/channel-kit.ts";
import { MatrixWorld, miaId } from "./matrix-world.ts";

const leo = "@leo:test";

describe("matrix", function () {
  this.timeout(60_000);
  let world: MatrixWorld;
  let kit: ChannelKit;

  beforeEach(async () => {
    world = new MatrixWorld();
    await world.start();
  });
  afterEach(async () => {
    await kit?.close();
    await world.stop();
  });

  async function start(changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    kit = new ChannelKit(world, { groupPolicy: "open", ...changes });
    await kit.start();
  }

  function group(state: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {}): string {
    return world.server.makeRoom([miaId, leo], { "m.room.name": { name: "House" }, ...state });
  }

  async function toldIn(room: string, count: number): Promise<string[]> {
    await until(() => world.server.told(room).length >= count, `${count} messages are in the room`);
    return world.server.told(room).map(({ text }) => text);
  }

  async function act(room: string, action: SendMessageRequest["action"]): Promise<string> {
    const conversation = partName(kit.channel, "conversations", room);
    const request = { conversation, requestId: randomUUID(), action };
    const { deliveries } = await kit.core.client.deliveries.sendMessage(request);
    const { platformIds } = await kit.ended(deliveries[0]?.name ?? "", Delivery_State.SENT);
    return platformIds[0] ?? "";
  }

  it("answers in a group when it is mentioned, and not otherwise", async () => {
    const room = group();
    await start();
    world.server.say(room, leo, { msgtype: "m.text", body: "nobody in particular" });
    world.server.say(room, leo, { msgtype: "m.text", body: "you there", "m.mentions": { user_ids: [clawId] } });
    expect(await toldIn(room, 1)).to.have.length(1);
    expect(world.server.told(room)[0]?.text).to.contain("you there");
  });

  it("knows its own name in what is said", async () => {
    const room = group();
    await start();
    world.server.say(room, leo, { msgtype: "m.text", body: "claw: what time is it" });
    expect((await toldIn(room, 1)).join()).to.contain("what time is it");
  });

  it("answers in the thread it was asked in", async () => {
    const room = group();
    await start();
    const root = world.server.say(room, leo, { msgtype: "m.text", body: "a topic" });
    const relation = { rel_type: "m.thread", event_id: root };
    world.server.say(room, leo, { msgtype: "m.text", body: "claw: and this", "m.relates_to": relation });
    await toldIn(room, 1);
    const answer = world.server.log.events.findLast(
      ({ sender, type }) => sender === clawId && type === "m.room.message",
    );
    expect(answer?.content["m.relates_to"]).to.include({ rel_type: "m.thread", event_id: root });
  });

  it("starts no run for an edit", async () => {
    await start();
    await world.say("the first");
    await kit.told(1);
    const said = world.server.log.events.findLast(({ sender }) => sender === miaId);
    const relation = { rel_type: "m.replace", event_id: said?.event_id };
    const words = { msgtype: "m.text", body: "the corrected" };
    world.server.say(world.address(), miaId, { ...words, "m.new_content": words, "m.relates_to": relation });
    await world.say("the second");
    expect((await kit.told(2)).join()).not.to.contain("corrected");
  });

  it("changes, reacts to and takes back what it said", async () => {
    await start();
    const parts = [{ kind: { case: "text" as const, value: "wrong" } }];
    const platformId = await act(world.address(), {
      case: "content",
      value: { parts },
    } as SendMessageRequest["action"]);
    await act(world.address(), {
      case: "edit",
      value: { platformId, text: "**right**" },
    } as SendMessageRequest["action"]);
    expect(world.told().map(({ text }) => text)).to.deep.equal(["**right**"]);
    await act(world.address(), { case: "delete", value: { platformId } } as SendMessageRequest["action"]);
    expect(world.told()).to.deep.equal([]);
  });

  it("takes a file from its own homeserver with its own token", async () => {
    world.server.media.set("abc", Buffer.from("%PDF-1.4 hello"));
    await start();
    world.server.say(world.address(), miaId, { msgtype: "m.file", body: "a.pdf", url: "mxc://elsewhere/abc" });
    const file = await eventually("the file is in the transcript", async () => {
      const parts = (await kit.core.transcript()).flatMap((message) => message.parts);
      return parts.map(({ kind }) => kind).find((kind) => kind.case === "attachment");
    });
    expect(file.value).to.include({ fileName: "a.pdf", mediaType: "application/pdf" });
    expect(world.server.asked).to.include("GET /_matrix/client/v1/media/download/elsewhere/abc");
  });

  it("fetches what a sync left out", async () => {
    await start();
    world.server.timelineLimit = 2;
    await kit.core.client.channels.stopChannel({ name: kit.channel });
    for (let index = 0; index < 7; index += 1) await world.say(`number ${index}.`);
    await kit.core.client.channels.startChannel({ name: kit.channel });
    const told = await eventually("the last is answered", async () => {
      const text = world
        .told()
        .map((one) => one.text)
        .join();
      return text.includes("number 6.") ? text : undefined;
    });
    expect(told).to.contain("number 0.");
  });

  it("asks again, on the same connection, where the homeserver has no time to tell of a room or let it in", async () => {
    await start({ autoJoin: "always" });
    world.server.timelineLimit = 2;
    await kit.core.client.channels.stopChannel({ name: kit.channel });
    for (let index = 0; index < 7; index += 1) await world.say(`number ${index}.`);
    const room = world.server.makeRoom([miaId]);
    world.server.invite(room, miaId);
    const begun = world.server.asked.length;
    for (const what of ["joined_members", "messages", "join"]) world.server.busyWith.add(what);
    await kit.core.client.channels.startChannel({ name: kit.channel });
    await until(() => world.server.log.members(room).has(clawId), "it joins");
    await until(() => world.told().some(({ text }) => text.includes("number 6.")), "the last is answered");
    expect(world.server.busyWith.size).to.equal(0);
    const opened = world.server.asked.slice(begun).filter((one) => one === "GET /_matrix/client/v3/account/whoami");
    expect(opened).to.have.length(1);
  });

  it("joins no room it is invited to unless it is told to, and lists the invitation", async () => {
    await start();
    const room = world.server.makeRoom([miaId]);
    world.server.invite(room, miaId);
    const entries = await eventually("the invitation is listed", async () => {
      const found = await kit.core.client.channels.lookUpDirectory({ parent: kit.channel, kind: "groups" });
      return found.entries.length > 0 ? found.entries : undefined;
    });
    expect(entries.map(({ address }) => address)).to.deep.equal([room]);
    expect(world.server.log.members(room).has(clawId)).to.equal(false);
  });

  it("joins the rooms of people it is told to trust", async () => {
    await start({ autoJoin: "allowlist", autoJoinAllowlist: [miaId] });
    const [trusted, other] = [world.server.makeRoom([miaId]), world.server.makeRoom([leo])];
    world.server.invite(other, leo);
    world.server.invite(trusted, miaId);
    await until(() => world.server.log.members(trusted).has(clawId), "it joins");
    expect(world.server.log.members(other).has(clawId)).to.equal(false);
  });

  it("sends nothing into an encrypted room, and says so", async () => {
    const room = group({ "m.room.encryption": { algorithm: "m.megolm.v1.aes-sha2" } });
    await start();
    const parts = [{ kind: { case: "text" as const, value: "secret" } }];
    const conversation = partName(kit.channel, "conversations", room);
    const action = { case: "content" as const, value: { parts } };
    const sent = await kit.core.client.deliveries.sendMessage({ conversation, requestId: randomUUID(), action });
    const { error } = await kit.ended(sent.deliveries[0]?.name ?? "", Delivery_State.FAILED);
    expect(error?.message).to.contain("encrypted");
    expect(world.server.told(room)).to.deep.equal([]);
  });

  it("says in its title how many rooms it cannot read", async () => {
    const room = group({ "m.room.encryption": { algorithm: "m.megolm.v1.aes-sha2" } });
    await start();
    world.server.log.add({ room, type: "m.room.encrypted", sender: leo, content: {} });
    await until(() => kit.state.title.includes("1 encrypted room"), "the title says it");
    expect(kit.state.state).to.equal(State.ONLINE);
  });

  it("logs in with a password once, and uses the token it got from then on", async () => {
    await start({ accessToken: undefined, userId: clawId, password: "right" });
    await kit.core.restart();
    await kit.online();
    expect(world.server.asked.filter((one) => one === "POST /_matrix/client/v3/login")).to.have.length(1);
  });

  it("is misconfigured with a token that is refused", async () => {
    kit = new ChannelKit(world, { accessToken: "wrong" });
    await kit.core.start();
    await kit.is(State.MISCONFIGURED);
    expect(kit.state.stateReason).to.contain("channels.matrix.accessToken");
  });

  it("keeps what was said in a group for later when it was not asked", async () => {
    const room = group();
    await start();
    world.server.say(room, leo, { msgtype: "m.text", body: "just talking" });
    const outcome = await eventually("it is kept", async () => {
      const { ingress } = await kit.core.client.ingress.listIngress({ parent: kit.channel });
      return ingress[0]?.outcome;
    });
    expect(outcome).to.equal(Outcome.CONTEXT);
  });
});
