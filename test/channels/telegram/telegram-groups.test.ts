/** Groups, topics and what people see of the gateway's work on Telegram, from message to answer. */

import { expect } from "chai";
import { until } from "../../support/until.ts";
import { ChannelKit } from "../contract/channel-kit.ts";
import { mia, TelegramWorld } from "./telegram-world.ts";

const house = { id: -100_77, type: "supergroup", title: "House" };
const forum = { ...house, is_forum: true };

describe("conversations on Telegram", function () {
  this.timeout(60_000);
  let world: TelegramWorld;
  let kit: ChannelKit;

  async function start(changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    kit = new ChannelKit(world, { groupPolicy: "open", groups: { "*": {} }, ...changes });
    await kit.start();
  }

  beforeEach(async () => {
    world = new TelegramWorld();
    await world.start();
  });
  afterEach(async () => {
    await kit.close();
    await world.stop();
  });

  /** Says something to us there. */
  function mention(text: string, more: Readonly<Record<string, unknown>>): void {
    const entities = [{ type: "mention", offset: 0, length: 9 }];
    world.telegram.say({ text: `@claw_bot ${text}`, entities, ...more });
  }

  const sent = () => world.telegram.callsOf("sendMessage");
  const answered = (count: number) => until(() => sent().length >= count, `${count} answers came`);

  it("in a group are answered there when we are mentioned, and not otherwise", async () => {
    await start();
    world.telegram.say({ text: "among ourselves", chat: house });
    mention("what is up", { chat: house });
    await answered(1);
    await kit.settled();
    expect(sent()).to.have.length(1);
    expect(sent()[0]).to.include({ chat_id: house.id });
    expect(sent()[0]?.text).to.contain("what is up");
  });

  it("in a topic are answered in the topic", async () => {
    await start();
    mention("in here", { chat: forum, is_topic_message: true, message_thread_id: 7 });
    await answered(1);
    expect(sent()[0]).to.include({ chat_id: house.id, message_thread_id: 7 });
  });

  it("in a topic have its reactions, though Telegram does not name the topic", async () => {
    await start();
    mention("in seven", { chat: forum, is_topic_message: true, message_thread_id: 7 });
    await answered(1);
    await kit.settled();
    const [said] = world.telegram.saidIn(house.id);
    world.telegram.react({ chat: forum, message_id: said?.message_id }, [], ["🔥"]);
    mention("again", { chat: forum, is_topic_message: true, message_thread_id: 7 });
    await answered(2);
    const { ingress } = await kit.core.client.ingress.listIngress({ parent: kit.channel });
    const reaction = ingress.find(({ message }) => message?.reaction !== undefined);
    expect(reaction?.message).to.include({ address: "-10077:topic:7", repliesToUs: true });
    expect(reaction?.reason).to.equal("a reaction is told with the next message");
  });

  it("in topics are apart from each other", async () => {
    await start();
    mention("in seven", { chat: forum, is_topic_message: true, message_thread_id: 7 });
    mention("in general", { chat: forum });
    await answered(2);
    const { sessions } = await kit.core.client.sessions.listSessions({});
    const names = sessions.map(({ name }) => name).filter((name) => name.includes("telegram"));
    expect(new Set(names)).to.have.length(2);
    expect(sent().filter((call) => call.message_thread_id === undefined)).to.have.length(1);
  });

  it("follow the settings of the group a topic is in", async () => {
    await start({ groups: { [house.id]: { requireMention: false } }, groupPolicy: "allowlist", groupAllowFrom: ["*"] });
    world.telegram.say({ text: "no name needed", chat: forum, is_topic_message: true, message_thread_id: 7 });
    await answered(1);
    expect(sent()[0]?.text).to.contain("no name needed");
  });

  it("take commands with our name, and leave those for other bots alone", async () => {
    await start();
    const command = (text: string) => ({ text, entities: [{ type: "bot_command", offset: 0, length: text.length }] });
    world.telegram.say({ ...command("/whoami@other_bot"), chat: house });
    world.telegram.say({ ...command("/whoami@claw_bot"), chat: house });
    await answered(1);
    await kit.settled();
    expect(sent()).to.have.length(1);
    expect(sent()[0]?.text).to.contain(`channels/telegram/senders/${mia}`);
  });

  it("go on under their old number when their group becomes a supergroup, over a restart, too", async () => {
    const small = { id: -55, type: "group", title: "House" };
    const [from, to] = [small.id, house.id];
    await start({ groupPolicy: "allowlist", groups: { [from]: {} }, groupAllowFrom: ["*"] });
    mention("small", { chat: small });
    await answered(1);
    world.telegram.chats.moved.set(from, to);
    world.telegram.say({ chat: small, migrate_to_chat_id: to });
    world.telegram.say({ chat: house, migrate_from_chat_id: from });
    mention("grown", { chat: house });
    await answered(2);
    await kit.settled();
    await kit.core.restart();
    await kit.online();
    mention("after all", { chat: house });
    await answered(3);
    expect(sent().map(({ chat_id: chat }) => chat)).to.deep.equal([from, to, to]);
    const { conversations } = await kit.core.client.channels.listConversations({ parent: kit.channel });
    expect(conversations.map(({ address }) => address)).to.deep.equal([String(from)]);
  });

  it("are not answered anew when a message is changed", async () => {
    await start();
    const { message } = world.telegram.say({ text: "first words" });
    await answered(1);
    world.telegram.say({ ...(message as object), text: "other words" }, "edited_message");
    await world.say("the next");
    await answered(2);
    await kit.settled();
    expect(sent().map(({ text }) => text)).to.satisfy((texts: string[]) => !texts.join().includes("other words"));
  });

  it("show with a reaction and typing that somebody is at it", async () => {
    await start({ ackReaction: "👀", ackReactionScope: "all", typingMode: "instant" });
    const { message } = world.telegram.say({ text: "look at this" });
    await answered(1);
    const { message_id: id } = message as { message_id: number };
    await until(() => world.telegram.chats.reactions.has(`${mia}/${id}`), "there is a reaction");
    expect(world.telegram.chats.reactions.get(`${mia}/${id}`)).to.deep.equal(["👀"]);
    await until(() => world.telegram.callsOf("sendChatAction").length > 0, "it types");
  });

  it("pair with whoever writes first, by a code", async () => {
    await start({ dmPolicy: "pairing", allowFrom: [] });
    await world.say("hello?");
    await answered(1);
    expect(sent()[0]?.text).to.match(/[A-HJ-NP-Z2-9]{8}/);
  });
});
