/** What is sent on Telegram, and how it is refused. */

import { createHash, randomUUID } from "node:crypto";
import { expect } from "chai";
import { Channel_State } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type Delivery, Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { SendMessageRequest } from "../../../gen/openclaw/gateway/v1/delivery_service_pb.ts";
import { partName } from "../../../src/core/channel/channel-names.ts";
import { Refused } from "../../support/telegram/fake-methods.ts";
import { ChannelKit } from "../contract/channel-kit.ts";
import { mia, TelegramWorld } from "./telegram-world.ts";

describe("sending on Telegram", function () {
  this.timeout(60_000);
  let world: TelegramWorld;
  let kit: ChannelKit;

  beforeEach(async () => {
    world = new TelegramWorld();
    await world.start();
    kit = new ChannelKit(world);
    await kit.start();
  });
  afterEach(async () => {
    await kit.close();
    await world.stop();
  });

  type Action = SendMessageRequest["action"] | { case: string; value: object };

  async function send(action: Action, address = String(mia)): Promise<Delivery> {
    const conversation = partName(kit.channel, "conversations", address);
    const request = { conversation, requestId: randomUUID(), action: action as SendMessageRequest["action"] };
    const { deliveries } = await kit.core.client.deliveries.sendMessage(request);
    const ends = await Promise.all(
      deliveries.map(({ name }) => kit.ended(name, State.SENT, State.FAILED, State.AMBIGUOUS)),
    );
    return ends.at(-1) as Delivery;
  }

  function text(value: string, more: object = {}): Action {
    return { case: "content", value: { parts: [{ kind: { case: "text", value } }], ...more } };
  }

  async function file(bytes: Buffer, fileName: string, caption = ""): Promise<Action> {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const name = `blobs/${sha256}`;
    await kit.core.client.blobs.uploadBlob({ name, sizeBytes: BigInt(bytes.length), offset: 0n, chunk: bytes });
    const attachment = { blob: name, fileName };
    const words = caption === "" ? [] : [{ kind: { case: "text", value: caption } }];
    return { case: "content", value: { parts: [...words, { kind: { case: "attachment", value: attachment } }] } };
  }

  const said = (): readonly string[] => world.told().map((one) => one.text);
  const lastCall = (method: string) => world.telegram.callsOf(method).at(-1);

  it("shows Markdown as Telegram shows it", async () => {
    await send(text("**bold** & <plain>"));
    expect(lastCall("sendMessage")).to.include({ text: "<b>bold</b> &amp; &lt;plain&gt;", parse_mode: "HTML" });
  });

  it("goes without marks when Telegram does not take them", async () => {
    world.telegram.failNext("sendMessage", new Refused(400, "Bad Request: can't parse entities: no idea"));
    expect((await send(text("**bold** words"))).state).to.equal(State.SENT);
    expect(said()).to.deep.equal(["bold words"]);
    expect(lastCall("sendMessage")).not.to.have.property("parse_mode");
  });

  it("answers a message, also when that is gone, and makes no sound when it is to be silent", async () => {
    await send(text("yes", { replyTo: "17", silent: true }));
    const reply = { message_id: 17, allow_sending_without_reply: true };
    expect(lastCall("sendMessage")).to.deep.include({ reply_parameters: reply, disable_notification: true });
  });

  const rows = [
    {
      buttons: [
        { text: "Yes", press: { case: "data", value: "I will be there" } },
        { text: "Menu", press: { case: "url", value: "https://example.org/menu" } },
      ],
    },
  ];
  const keyboard = [
    [
      { text: "Yes", callback_data: "I will be there" },
      { text: "Menu", url: "https://example.org/menu" },
    ],
  ];

  it("has its buttons under it, and what one says comes in when it is pressed", async () => {
    await send(text("dinner at seven?", { buttons: rows }));
    expect(lastCall("sendMessage")?.reply_markup).to.deep.equal({ inline_keyboard: keyboard });
    const [asked] = world.telegram.saidIn(mia);
    const from = { id: mia, is_bot: false, first_name: "Mia" };
    const message = { message_id: asked?.message_id, date: 1, chat: { ...from, type: "private" }, text: asked?.text };
    const markup = lastCall("sendMessage")?.reply_markup as { inline_keyboard: { callback_data: string }[][] };
    const data = markup.inline_keyboard[0]?.[0]?.callback_data;
    world.telegram.updates.add({ callback_query: { id: "q7", from, message, data } });
    expect((await kit.told(2)).join()).to.contain("I will be there");
    expect(world.telegram.callsOf("answerCallbackQuery")[0]).to.include({ callback_query_id: "q7" });
  });

  it("has its buttons under the file it is sent with", async () => {
    const picture = await file(Buffer.from("plain"), "plan.txt", "short");
    await send({ ...picture, value: { ...picture.value, buttons: rows } } as Action);
    expect(lastCall("sendDocument")?.reply_markup).to.deep.equal({ inline_keyboard: keyboard });
  });

  it("goes into a topic", async () => {
    await send(text("in here"), "-10077:topic:7");
    expect(lastCall("sendMessage")).to.include({ chat_id: -10_077, message_thread_id: 7 });
  });

  it("goes into the General topic as into none", async () => {
    await send(text("out there"), "-10077:topic:1");
    expect(lastCall("sendMessage")).not.to.have.property("message_thread_id");
  });

  it("goes to the new number of a group that became a supergroup", async () => {
    world.telegram.chats.moved.set(-55, -100_055);
    expect((await send(text("still here"), "-55")).state).to.equal(State.SENT);
    expect(world.telegram.saidIn(-100_055).map((one) => one.text)).to.deep.equal(["still here"]);
  });

  it("fails at an address that is none, and Telegram is not asked", async () => {
    const { state, error } = await send(text("hi"), "mia");
    expect(state).to.equal(State.FAILED);
    expect(error?.message).to.contain("no conversation on Telegram");
    expect(world.telegram.callsOf("sendMessage")).to.have.length(0);
  });

  it("is ambiguous when the line is cut, whether the request was read or not", async () => {
    for (const cut of ["cut before", "cut after"] as const) {
      world.telegram.failNext("sendMessage", cut);
      expect((await send(text(cut))).state).to.equal(State.AMBIGUOUS);
      await kit.online();
    }
    expect(said()).to.deep.equal(["cut after"]);
  });

  it("is ambiguous when something is wrong inside of Telegram, or in front of it", async () => {
    for (const fault of [new Refused(500, "Internal Server Error"), "bad gateway"] as const) {
      world.telegram.failNext("sendMessage", fault);
      expect((await send(text("hm"))).state).to.equal(State.AMBIGUOUS);
    }
    expect(kit.state.state).to.equal(Channel_State.ONLINE);
  });

  it("is known to work when Telegram is asked who we are", async () => {
    const { probe } = await kit.core.client.channels.getChannel({ name: kit.channel, probe: true });
    expect(probe).to.include({ ok: true, detail: "@claw_bot" });
  });

  it("changes what was said, and is content when it says so already", async () => {
    const [platformId = ""] = (await send(text("first"))).platformIds;
    expect((await send({ case: "edit", value: { platformId, text: "second" } })).state).to.equal(State.SENT);
    expect((await send({ case: "edit", value: { platformId, text: "second" } })).state).to.equal(State.SENT);
    expect(said()).to.deep.equal(["second"]);
  });

  it("takes back what was said, and is content when it is gone already", async () => {
    const [platformId = ""] = (await send(text("oops"))).platformIds;
    expect((await send({ case: "delete", value: { platformId } })).state).to.equal(State.SENT);
    expect((await send({ case: "delete", value: { platformId } })).state).to.equal(State.SENT);
    expect(said()).to.deep.equal([]);
  });

  it("reacts, and takes that back", async () => {
    await send({ case: "reaction", value: { platformId: "17", emoji: "👍" } });
    expect(world.telegram.chats.reactions.get(`${mia}/17`)).to.deep.equal(["👍"]);
    await send({ case: "reaction", value: { platformId: "17", emoji: "", remove: true } });
    expect(world.telegram.chats.reactions.get(`${mia}/17`)).to.deep.equal([]);
  });

  it("fails with a reaction that Telegram does not have", async () => {
    const { state, error } = await send({ case: "reaction", value: { platformId: "17", emoji: "🦑" } });
    expect([state, error?.message]).to.deep.equal([State.FAILED, "Bad Request: REACTION_INVALID"]);
  });

  it("asks for votes", async () => {
    await send({
      case: "poll",
      value: { question: "tea?", options: ["yes", "no"], multiple: true, durationSeconds: 60 },
    });
    const options = [{ text: "yes" }, { text: "no" }];
    const wanted = { question: "tea?", options, allows_multiple_answers: true, open_period: 60 };
    expect(lastCall("sendPoll")).to.deep.include(wanted);
  });

  it("fails with a poll that is open for longer than Telegram allows", async () => {
    const poll = { question: "tea?", options: ["yes", "no"], durationSeconds: 3_600 };
    const { state, error } = await send({ case: "poll", value: poll });
    expect(state).to.equal(State.FAILED);
    expect(error?.message).to.contain("5 to 600 seconds");
  });

  it("sends a picture as a photo with its caption", async () => {
    const png = Buffer.concat([Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), Buffer.alloc(64, 1)]);
    await send(await file(png, "cat.png", "a **cat**"));
    const [photo] = world.telegram.saidIn(mia);
    expect(photo).to.include({ method: "sendPhoto", text: "a cat" });
    expect(photo?.upload?.bytes.equals(png)).to.equal(true);
    expect(photo?.upload?.name).to.equal("cat.png");
  });

  it("sends a picture that Telegram does not take as a photo as a file", async () => {
    await send(await file(Buffer.from("89504e470d0a1a0a00000000", "hex"), "odd.png"));
    expect(world.telegram.saidIn(mia).map(({ method }) => method)).to.deep.equal(["sendDocument"]);
  });

  it("sends anything else as a file under a name that breaks nothing", async () => {
    await send(await file(Buffer.from("some notes"), 'my "notes"; v2.txt'));
    expect(world.telegram.saidIn(mia)[0]?.upload?.name).to.equal("my _notes_ v2.txt");
  });

  it("shows that it types, in the topic, too", async () => {
    const { connection } = kit.core.core.channels.find(kit.channel) ?? {};
    await connection?.typing?.({ address: "-10077:topic:1", parentAddress: "-10077" }, true);
    expect(lastCall("sendChatAction")).to.include({ chat_id: -10_077, message_thread_id: 1, action: "typing" });
  });
});
