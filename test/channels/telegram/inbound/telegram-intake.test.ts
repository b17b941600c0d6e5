/** How updates are asked for and taken: confirmed once they are safe, never before. */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Channel_State } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Message } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Refused } from "../../../support/telegram/fake-methods.ts";
import { eventually, until } from "../../../support/until.ts";
import { ChannelKit } from "../../contract/channel-kit.ts";
import { TelegramWorld } from "../telegram-world.ts";

describe("updates of Telegram", function () {
  this.timeout(60_000);
  let world: TelegramWorld;
  let kit: ChannelKit;

  beforeEach(async () => {
    world = new TelegramWorld();
    await world.start();
    kit = new ChannelKit(world);
  });
  afterEach(async () => {
    await kit.close();
    await world.stop();
  });

  /** The newest message somebody wrote, once it holds these words. */
  function heard(words: string): Promise<Message> {
    return eventually(`"${words}" is heard`, async () => {
      const messages = await kit.core.transcript();
      return messages.findLast(
        ({ sender, parts }) =>
          sender !== "" &&
          JSON.stringify(parts.map(({ kind }) => (kind.case === "text" ? kind.value : ""))).includes(words),
      );
    });
  }

  function attachmentOf({ parts }: Message) {
    return parts.flatMap(({ kind }) => (kind.case === "attachment" ? [kind.value] : [])).at(0);
  }

  it("are not confirmed while they cannot be kept, and come again", async () => {
    await kit.start();
    const broken = kit.core.store.transact;
    kit.core.store.transact = () => Promise.reject(new Error("the disk is full"));
    await world.say("keep me");
    await until(() => kit.state.state !== Channel_State.ONLINE, "the channel gives up");
    expect(world.telegram.updates.pending).to.have.length(1);
    kit.core.store.transact = broken;
    expect((await kit.told(1)).join()).to.contain("keep me");
    await until(() => world.telegram.updates.pending.length === 0, "it is confirmed");
  });

  it("about reactions are not confirmed while they cannot be kept either, and are kept once", async () => {
    await kit.start();
    const broken = kit.core.store.transact;
    kit.core.store.transact = () => Promise.reject(new Error("the disk is full"));
    await world.react("41", "👍");
    await until(() => kit.state.state !== Channel_State.ONLINE, "the channel gives up");
    expect(world.telegram.updates.pending).to.have.length(1);
    kit.core.store.transact = broken;
    await until(() => world.telegram.updates.pending.length === 0, "it is confirmed");
    const { ingress } = await kit.core.client.ingress.listIngress({ parent: kit.channel });
    expect(ingress.map(({ message }) => message?.reaction?.emoji)).to.deep.equal(["👍"]);
  });

  it("are left to another program that asks for them, for a while", async () => {
    world.telegram.failNext("getUpdates", new Refused(409, "Conflict: terminated by other getUpdates request"));
    await kit.core.start();
    await until(() => kit.state.failures > 0, "it failed");
    expect(kit.state.stateReason).to.contain("another program takes the messages of this bot");
    await kit.online();
  });

  it("are asked for later when Telegram wants that, and the channel stays online", async () => {
    await kit.start();
    await world.say("one");
    world.telegram.failNext("getUpdates", new Refused(429, "Too Many Requests", { retry_after: 0.02 }));
    await kit.told(1);
    await world.say("two");
    expect((await kit.told(2)).join()).to.contain("two");
    expect(kit.state.state).to.equal(Channel_State.ONLINE);
  });

  it("are asked for again when something in front of Telegram fails, and the channel stays online", async () => {
    await kit.start();
    await world.say("one");
    world.telegram.failNext("getUpdates", "bad gateway");
    await kit.told(1);
    await world.say("two");
    expect((await kit.told(2)).join()).to.contain("two");
    expect(kit.state.state).to.equal(Channel_State.ONLINE);
  });

  it("are not asked for with a token that Telegram does not know", async () => {
    kit = new ChannelKit(world, { botToken: "1:wrong" });
    await kit.core.start();
    await kit.is(Channel_State.MISCONFIGURED);
    expect(kit.state.stateReason).to.contain("@BotFather");
    expect(kit.state.stateReason).not.to.contain("wrong");
  });

  it("are asked for although they were sent somewhere before", async () => {
    world.telegram.webhook = { url: "https://elsewhere.test", secret: "" };
    await kit.start();
    expect(world.telegram.webhook.url).to.equal("");
  });

  it("bring files", async () => {
    const png = Buffer.concat([Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), Buffer.alloc(64, 1)]);
    world.telegram.files.set("f1", png);
    await kit.start();
    world.telegram.say({
      caption: "look at this",
      document: { file_id: "f1", file_name: "../cat.png", file_size: 80 },
    });
    const file = attachmentOf(await heard("look at this"));
    expect(file).to.include({ mediaType: "image/png", fileName: "cat.png", sizeBytes: 80n });
  });

  it("tell of a file that cannot be had", async () => {
    await kit.start();
    world.telegram.say({ caption: "too bad", photo: [{ file_id: "gone" }] });
    const message = await heard("too bad");
    expect(JSON.stringify(message.parts[0]?.kind.value)).to.contain("<media:image>");
    expect(attachmentOf(message)).to.equal(undefined);
  });

  it("tell of a file that is larger than Telegram gives away, and do not ask for it", async () => {
    await kit.start();
    world.telegram.say({ caption: "huge", video: { file_id: "f", file_size: 30_000_000 } });
    expect(JSON.stringify((await heard("huge")).parts[0]?.kind.value)).to.contain("<media:video>");
    expect(world.telegram.callsOf("getFile")).to.have.length(0);
  });

  it("do not lead anywhere but to files", async () => {
    world.telegram.files.set("../../bot/getMe", Buffer.from("x"));
    await kit.start();
    world.telegram.say({ caption: "climb up", document: { file_id: "../../bot/getMe" } });
    expect(JSON.stringify((await heard("climb up")).parts[0]?.kind.value)).to.contain("<media:document>");
  });

  it("do not lead to another host for a file", async () => {
    let asked = 0;
    const elsewhere = createServer((_, response) => {
      asked += 1;
      response.end("secret");
    }).listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    const { port } = elsewhere.address() as AddressInfo;
    world.telegram.redirectFiles = `http://127.0.0.1:${port}/`;
    world.telegram.files.set("f1", Buffer.from("x"));
    await kit.start();
    world.telegram.say({ caption: "follow me", document: { file_id: "f1" } });
    expect(JSON.stringify((await heard("follow me")).parts[0]?.kind.value)).to.contain("<media:document>");
    elsewhere.close();
    expect(asked).to.equal(0);
  });

  it("of an album are one message, with all its files", async () => {
    for (const id of ["a1", "a2", "a3"]) world.telegram.files.set(id, Buffer.from(`the file ${id}`));
    await kit.start();
    await until(() => world.telegram.callsOf("getUpdates").length > 1, "it waits for updates");
    const part = (id: string) => ({ media_group_id: "g", document: { file_id: id, file_name: id } });
    world.telegram.say({ ...part("a1"), caption: "three of them" });
    world.telegram.say(part("a2"));
    world.telegram.say(part("a3"));
    const message = await heard("three of them");
    const names = message.parts.flatMap(({ kind }) => (kind.case === "attachment" ? [kind.value.fileName] : []));
    expect(names).to.deep.equal(["a1", "a2", "a3"]);
    await kit.told(1);
    await until(() => world.telegram.updates.pending.length === 0, "all is confirmed");
  });

  it("of a pressed button are messages, and the button is answered", async () => {
    await kit.start();
    const { me } = world.telegram;
    const chat = { id: 1_001, type: "private", first_name: "Mia" };
    const from = { id: 1_001, is_bot: false, first_name: "Mia" };
    const message = { message_id: 3, date: 1, chat, from: me, text: "which one?" };
    world.telegram.updates.add({ callback_query: { id: "q7", from, message, data: "the left one" } });
    expect((await kit.told(1)).join()).to.contain("the left one");
    await until(() => world.telegram.callsOf("answerCallbackQuery").length === 1, "the button is answered");
  });

  it("show the commands in the menu, unless that is switched off", async () => {
    await kit.start();
    const { commands } = world.telegram.callsOf("setMyCommands")[0] as unknown as { commands: { command: string }[] };
    expect(commands.map(({ command }) => command)).to.include.members(["new", "stop", "status", "help"]);
    await kit.close();
    world.telegram.calls.length = 0;
    kit = new ChannelKit(world, { commandsMenu: false });
    await kit.start();
    expect(world.telegram.callsOf("setMyCommands")).to.have.length(0);
  });
});
