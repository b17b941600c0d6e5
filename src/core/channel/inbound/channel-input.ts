/** From what a network brought to what the inbox takes. */

import { create } from "@bufbuild/protobuf";
import type { InboundMessage, Ingress } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import {
  type ContextLine,
  ContextLineSchema,
  type Origin,
  OriginSchema,
  type Part,
  PartSchema,
} from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_Trigger as Trigger } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import { placeholder } from "../../agent/channel-text.ts";
import type { MessageHint } from "../../command/command.ts";
import type { Input } from "../../message/input.ts";
import { reactionWords } from "../reaction/reaction-words.ts";
import { withConversationModel } from "../route/conversation-model.ts";
import type { Arrival } from "./arrival.ts";

/** Longest text of one line of context, and of the message that is answered, in UTF-16 units. */
const longestQuote = 2_000;

/** What the inbox is to take, besides what the network brought. */
export interface Admitted {
  readonly arrival: Arrival;
  readonly session: Session;
  /** The text, without a command that was in it. */
  readonly text: string;
  readonly owner: boolean;
  /** It mentions the agent, or answers it. */
  readonly mentioned: boolean;
  /** What was said in the group meanwhile, and reactions, oldest first. */
  readonly context: readonly Ingress[];
  /** Text of the message it answers, as far as it may be shown; empty for none. */
  readonly replyText: string;
  readonly timeoutMs: number;
  /** How it is to be handled, over what the session says. */
  readonly hint: MessageHint;
  /** What messages of its network do while the session is busy; undefined means as configured for all. */
  readonly usualMode: Input["queueMode"];
}

/** The input; its answer goes back to where it came from. */
export function inputFrom(admitted: Admitted): Input {
  const { arrival, session, text, timeoutMs, hint, usualMode } = admitted;
  const { channel, message, conversation, sender } = arrival;
  const origin = originFrom(admitted);
  const waits = channel.debounceMs > 0;
  return {
    session: session.name,
    parts: partsFrom(text, message),
    queueMode: hint.queueMode,
    settings: withConversationModel(hint.settings, { session, channel, message }),
    timeoutMs,
    sessionEtag: "",
    trigger: Trigger.CHANNEL,
    sender,
    deliverTo: conversation,
    source: {
      conversation,
      origin,
      // A file is sent when somebody is done: it does not wait for more.
      collectMs: waits ? (message.attachments.length > 0 ? 0 : channel.debounceMs) : undefined,
      usualMode,
    },
  };
}

function partsFrom(text: string, { attachments }: InboundMessage): Part[] {
  const files = attachments.map((value) => create(PartSchema, { kind: { case: "attachment", value } }));
  if (text.trim() === "") return files;
  return [create(PartSchema, { kind: { case: "text", value: text } }), ...files];
}

function originFrom({ arrival, owner, mentioned, context, replyText }: Admitted): Origin {
  const { senderAddress, senderTitle, kind, conversationTitle, address, platformId } = arrival.message;
  return create(OriginSchema, {
    senderAddress,
    senderTitle,
    owner,
    kind,
    conversationTitle: conversationTitle || address,
    platformId,
    replyText: shortened(replyText),
    context: context.map(contextLine),
    mentionsUs: mentioned,
  });
}

function contextLine({ message, createTime }: Ingress): ContextLine {
  const files = (message?.attachments ?? []).map(placeholder);
  const words = message?.reaction === undefined ? (message?.text ?? "") : reactionWords(message);
  const text = shortened([words, ...files].filter(Boolean).join(" "));
  const senderTitle = message?.senderTitle || message?.senderAddress || "";
  return create(ContextLineSchema, { senderTitle, text, time: message?.time ?? createTime });
}

function shortened(text: string): string {
  return text.length <= longestQuote ? text : `${text.slice(0, longestQuote).toWellFormed()}…`;
}
