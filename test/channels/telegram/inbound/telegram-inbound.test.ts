/** What updates of Telegram say. */

import { expect } from "chai";
import type { Update } from "grammy/types";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { broughtBy } from "../../../../src/channels/telegram/inbound/telegram-inbound.ts";

const us = { id: 9, username: "claw_bot" };
const mia = { id: 1_001, is_bot: false, first_name: "Mia", last_name: "Moss", username: "mia" };
const group = { id: -100_77, type: "supergroup", title: "House" };
const forum = { ...group, is_forum: true };

function inbound(message: Readonly<Record<string, unknown>>, kind = "message") {
  const usual = { message_id: 5, date: 1_790_000_000, from: mia, chat: group, text: "hello" };
  const update = { update_id: 1, [kind]: { ...usual, ...message } } as unknown as Update;
  const brought = broughtBy(update, us);
  if (brought === undefined) throw new Error("there is no message in it");
  return brought.message;
}

function mention(text: string, type = "mention"): Readonly<Record<string, unknown>> {
  const offset = text.indexOf(type === "mention" ? "@" : "/");
  const [said = ""] = /^\S+/.exec(text.slice(offset)) ?? [];
  return { text, entities: [{ type, offset, length: said.length }] };
}

describe("a message on Telegram", () => {
  it("in a private conversation is direct, from a person known by number alone", () => {
    const message = inbound({ chat: { ...mia, type: "private" } });
    expect(message).to.deep.include({ kind: Kind.DIRECT, address: "1001", senderAddress: "1001", platformId: "5" });
    expect(message.senderTitle).to.equal("Mia Moss");
    expect(message.senderAliases).to.deep.equal([]);
  });

  it("in a group is the group's", () => {
    expect(inbound({})).to.deep.include({ kind: Kind.GROUP, address: "-10077", conversationTitle: "House" });
  });

  it("in a topic is of a thread in its group", () => {
    const message = inbound({ chat: forum, is_topic_message: true, message_thread_id: 7 });
    expect(message).to.deep.include({ kind: Kind.THREAD, address: "-10077:topic:7", parentAddress: "-10077" });
  });

  it("in a forum outside of its topics is of the General topic", () => {
    expect(inbound({ chat: forum, message_thread_id: 33 }).address).to.equal("-10077:topic:1");
  });

  it("in a row of answers in a plain group is the group's", () => {
    expect(inbound({ message_thread_id: 33 }).address).to.equal("-10077");
  });

  it("mentions us by name, in any case", () => {
    expect(inbound(mention("hey @Claw_Bot look")).mentionsUs).to.equal(true);
  });

  it("does not mention us with the name of somebody else that begins with ours", () => {
    expect(inbound(mention("hey @claw_bot2 look")).mentionsUs).to.equal(false);
  });

  it("does not mention us with a name that Telegram does not mark", () => {
    expect(inbound({ text: "mail to me@claw_bot" }).mentionsUs).to.equal(false);
  });

  it("mentions us in a caption", () => {
    const { text, entities } = mention("@claw_bot what is this");
    const photo = [{ file_id: "p", file_unique_id: "p", width: 1, height: 1 }];
    expect(inbound({ text: undefined, caption: text, caption_entities: entities, photo }).mentionsUs).to.equal(true);
  });

  it("mentions us as a person without a name", () => {
    const entities = [
      { type: "text_mention", offset: 0, length: 4, user: { id: 9, is_bot: true, first_name: "Claw" } },
    ];
    expect(inbound({ text: "Claw, look", entities }).mentionsUs).to.equal(true);
  });

  it("is ours when it is a command with our name, which is left out", () => {
    const message = inbound(mention("/status@claw_bot now", "bot_command"));
    expect(message).to.deep.include({ mentionsUs: true, text: "/status now" });
  });

  it("is none for us when it is a command for another bot", () => {
    expect(() => inbound(mention("/status@other_bot", "bot_command"))).to.throw("there is no message in it");
  });

  it("answers us when it replies to what we said", () => {
    const reply = {
      message_id: 4,
      from: { ...us, is_bot: true, first_name: "Claw" },
      text: "we said",
      chat: group,
      date: 1,
    };
    const message = inbound({ reply_to_message: reply });
    expect(message).to.deep.include({ repliesToUs: true, replyTo: "4", replyText: "we said" });
  });

  it("does not answer us because we made the topic it is in", () => {
    const made = {
      message_id: 7,
      from: { ...us, is_bot: true, first_name: "Claw" },
      forum_topic_created: { name: "x" },
    };
    expect(inbound({ chat: forum, reply_to_message: { ...made, chat: forum, date: 1 } }).repliesToUs).to.equal(false);
  });

  it("quotes what the sender quoted", () => {
    const reply = { message_id: 4, from: mia, text: "one two three", chat: group, date: 1 };
    expect(inbound({ reply_to_message: reply, quote: { text: "two", position: 4 } }).replyText).to.equal("two");
  });

  it("in the name of a group is from the group", () => {
    const message = inbound({ from: { id: 1_087_968_824, is_bot: true, first_name: "Group" }, sender_chat: group });
    expect(message).to.deep.include({ senderAddress: "-10077", senderTitle: "House", senderIsBot: false });
  });

  it("in a channel is from the channel", () => {
    const chat = { id: -100_5, type: "channel", title: "News" };
    const message = inbound({ chat, sender_chat: chat, from: undefined }, "channel_post");
    expect(message).to.deep.include({ kind: Kind.GROUP, senderAddress: "-1005", senderTitle: "News" });
  });

  it("that was changed says so", () => {
    expect(inbound({}, "edited_message").edited).to.equal(true);
  });

  it("tells in words what is no text", () => {
    const without = { text: undefined };
    expect(inbound({ ...without, sticker: { emoji: "🐙" } }).text).to.equal("<media:sticker> 🐙");
    expect(inbound({ ...without, location: { latitude: 1.5, longitude: 2 } }).text).to.equal("[location: 1.5, 2]");
  });

  it("that only tells of the group is none", () => {
    const service = { update_id: 1, message: { message_id: 5, date: 1, from: mia, chat: group, new_chat_title: "x" } };
    expect(broughtBy(service as unknown as Update, us)).to.equal(undefined);
  });

  it("is a pressed button, at the message the button is on", () => {
    const on = {
      message_id: 30,
      date: 1,
      chat: group,
      from: { ...us, is_bot: true, first_name: "Claw" },
      text: "which",
    };
    const update = { update_id: 1, callback_query: { id: "q1", from: mia, message: on, data: "the left one" } };
    const brought = broughtBy(update as unknown as Update, us);
    expect(brought?.callback).to.equal("q1");
    const wanted = { text: "the left one", platformId: "30/button/q1", replyTo: "30", repliesToUs: true, button: true };
    expect(brought?.message).to.deep.include({ ...wanted, senderAddress: "1001", address: "-10077" });
  });
});
