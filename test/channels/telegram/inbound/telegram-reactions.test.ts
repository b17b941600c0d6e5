/** What updates of Telegram about reactions say. */

import { expect } from "chai";
import type { Update } from "grammy/types";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { reactionsIn } from "../../../../src/channels/telegram/inbound/telegram-reactions.ts";

const us = { id: 9 };
const mia = { id: 1_001, is_bot: false, first_name: "Mia", last_name: "Moss" };
const group = { id: -100_77, type: "supergroup", title: "House" };
const thumb = { type: "emoji", emoji: "👍" };
const fire = { type: "emoji", emoji: "🔥" };

function reactions(told: Readonly<Record<string, unknown>>) {
  const usual = { chat: group, message_id: 5, user: mia, date: 1_790_000_000, old_reaction: [], new_reaction: [] };
  return reactionsIn({ update_id: 31, message_reaction: { ...usual, ...told } } as unknown as Update, us);
}

const changes = (told: Readonly<Record<string, unknown>>) =>
  reactions(told).map(({ reaction }) => `${reaction?.remove ? "-" : "+"}${reaction?.emoji}`);

describe("a reaction on Telegram", () => {
  it("says who put what on which message, and where", () => {
    const [message] = reactions({ new_reaction: [thumb] });
    const place = { kind: Kind.GROUP, address: "-10077", conversationTitle: "House" };
    const who = { senderAddress: "1001", senderTitle: "Mia Moss", senderIsBot: false };
    expect(message).to.deep.include({ ...place, ...who, replyTo: "5", platformId: "5/reaction/31/👍", text: "" });
  });

  it("is direct in a private conversation", () => {
    const [message] = reactions({ chat: { ...mia, type: "private" }, new_reaction: [thumb] });
    expect(message).to.deep.include({ kind: Kind.DIRECT, address: "1001" });
  });

  it("is a change: what is there still is not told again", () => {
    expect(changes({ old_reaction: [thumb], new_reaction: [thumb, fire] })).to.deep.equal(["+🔥"]);
    expect(changes({ old_reaction: [thumb], new_reaction: [] })).to.deep.equal(["-👍"]);
    expect(changes({ old_reaction: [thumb], new_reaction: [fire] })).to.deep.equal(["-👍", "+🔥"]);
  });

  it("has a name when it is no emoji of Telegram's own", () => {
    const own = { type: "custom_emoji", custom_emoji_id: "54" };
    expect(changes({ new_reaction: [own, { type: "paid" }] })).to.deep.equal(["+custom:54", "+⭐"]);
  });

  it("of a channel is that channel's", () => {
    const actor_chat = { id: -100_88, type: "channel", title: "News" };
    const [message] = reactions({ user: undefined, actor_chat, new_reaction: [thumb] });
    expect(message).to.include({ senderAddress: "-10088", senderTitle: "News" });
  });

  it("of our own is none", () => {
    expect(changes({ user: { ...mia, id: 9 }, new_reaction: [thumb] })).to.deep.equal([]);
  });

  it("in a forum is of the General topic as far as Telegram tells", () => {
    const [message] = reactions({ chat: { ...group, is_forum: true }, new_reaction: [thumb] });
    expect(message).to.deep.include({ kind: Kind.THREAD, address: "-10077:topic:1", parentAddress: "-10077" });
  });
});
