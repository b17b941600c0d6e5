/** From a PRIVMSG to an inbound message. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type InboundMessage, InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { saysName, withoutName } from "../../lib/text/spoken-name.ts";
import { type Fold, foldMask, foldName, type IrcLine, isChannel, sourceOf } from "./irc-line.ts";
import { plainText } from "./irc-text.ts";

const nickRules = { fold: foldName, part: /[\p{L}\p{N}_{}|^`-]/u };

/** What is known beside the line. */
export interface InboundFacts {
  /** Our nick. */
  readonly nick: string;
  readonly fold: Fold;
  /** Id to use when the server gives none. */
  readonly fallbackId: string;
  readonly nowMs: number;
}

/**
 * The message, or undefined when it is none for us: a client's question (CTCP), or something empty. Senders are known by
 * "nick!user@host", since anybody can take a nick that is free; the nick alone and the account are aliases.
 */
export function inboundFrom(
  line: IrcLine,
  { nick, fold, fallbackId, nowMs }: InboundFacts,
): InboundMessage | undefined {
  const [target = "", said = ""] = line.params;
  const sender = sourceOf(line);
  const body = bodyOf(said, sender.nick);
  if (body === undefined || body.trim() === "" || sender.nick === "") return undefined;
  const channel = target.replace(/^[~&@%]+(?=[#&+!])/, "");
  const group = isChannel(channel);
  const address = fold(group ? channel : sender.nick);
  const account = line.tags.get("account");
  const writtenMs = Date.parse(line.tags.get("time") ?? "");
  return create(InboundMessageSchema, {
    platformId: line.tags.get("msgid") || fallbackId,
    address,
    kind: group ? Kind.GROUP : Kind.DIRECT,
    conversationTitle: group ? target : sender.nick,
    senderAddress: foldMask(sender.mask, fold),
    senderTitle: sender.nick,
    senderIsBot: line.tags.has("bot"),
    text: group ? withoutName(body, [nick], nickRules) : body,
    time: timestampFromMs(Number.isNaN(writtenMs) ? nowMs : writtenMs),
    mentionsUs: group && saysName(body, [nick], nickRules),
    senderAliases: [fold(sender.nick), ...(account ? [`account:${fold(account)}`] : [])],
  });
}

/** What was said; an action is told as one, every other CTCP is a question to a program. */
function bodyOf(said: string, nick: string): string | undefined {
  const ctcp = /^\x01(\S*) ?([^\x01]*)\x01?$/.exec(said);
  if (ctcp === null) return plainText(said);
  return ctcp[1]?.toUpperCase() === "ACTION" ? `* ${nick} ${plainText(ctcp[2] ?? "")}` : undefined;
}
