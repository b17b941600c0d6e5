/** Where the answers of a run go, and how answers are sent there. */

import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Origin } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Run } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import { decideSend } from "../../channel/access/send-policy.ts";
import { channelOf } from "../../channel/channel-names.ts";
import type { MessagingSettings, OutboundSettings } from "../../channel/channel-settings.ts";
import { idOf, sessionOf } from "../../names.ts";
import type { ReadTables } from "../../store.ts";
import type { ChannelLines } from "../channel-lines.ts";
import { prefixFrom } from "../text/answer-text.ts";
import { type TextLimits, textLimits } from "../text/text-limits.ts";

/** What places are found with. */
export interface PlaceParts {
  readonly lines: ChannelLines;
  readonly messaging: () => MessagingSettings;
}

/** What is known of the place a run's answers go to. */
export interface AnswerPlace {
  /** "channels/{channel}/conversations/{conversation}". */
  readonly conversation: string;
  readonly kind: Kind;
  readonly session: Session | undefined;
  readonly outbound: OutboundSettings;
  /** Which messages of this answer say what they answer. */
  readonly replyToMode: "off" | "first" | "all";
  /** When it shows that the agent writes. */
  readonly typingMode: Exclude<OutboundSettings["typingMode"], "auto">;
  readonly limits: TextLimits;
  /** The network's id of the message that is answered; empty when none is known. */
  readonly answers: string;
  /** Put before the answer; empty for none. */
  readonly prefix: string;
  /** Why nothing may leave; undefined when it may. */
  readonly denied: string | undefined;
}

/** How answers go out on a channel that is not configured any more: they wait for it. */
const plainOutbound: OutboundSettings = {
  textChunkLimit: 4_000,
  chunkMode: "length",
  streaming: "off",
  blockMinChars: 800,
  blockMaxChars: 1_200,
  blockIdleMs: 0,
  humanDelay: undefined,
  replyToMode: "off",
  ackReaction: "",
  ackReactionScope: "off",
  removeAck: false,
  responsePrefix: "",
  typingMode: "never",
  expireMs: 3_600_000,
  onAmbiguous: "hold",
};

/** How the answers of a run go out. */
export function outboundOf(lines: ChannelLines, { deliverTo }: Pick<Run, "deliverTo">): OutboundSettings {
  return lines.find(channelOf(deliverTo))?.settings.outbound ?? plainOutbound;
}

/** The place; undefined for a run whose answer goes nowhere. */
export async function findPlace(
  parts: PlaceParts,
  tables: Pick<ReadTables, "conversations" | "sessions" | "messages">,
  run: Run,
): Promise<AnswerPlace | undefined> {
  const conversation = run.deliverTo;
  if (conversation === "") return undefined;
  const line = parts.lines.find(channelOf(conversation));
  const outbound = outboundOf(parts.lines, run);
  const session = await tables.sessions.find(sessionOf(run.name));
  const asked = await tables.messages.find(run.inputs.at(-1) ?? "");
  const kind = (await tables.conversations.find(conversation))?.kind || asked?.origin?.kind || Kind.UNSPECIFIED;
  const network = networkOf(conversation);
  const decision = decideSend({ network, kind, session }, parts.messaging());
  const thinking = run.settings?.thinking ?? session?.settings?.thinking ?? "";
  const facts = { model: run.model, thinking, agent: idOf(run.agent) };
  return {
    conversation,
    kind,
    session,
    outbound,
    replyToMode: replyToModeOf(outbound, run),
    typingMode: typingModeOf(outbound, asked?.origin),
    limits: textLimits(outbound.textChunkLimit, line?.capabilities ?? line?.connection?.capabilities),
    answers: asked?.conversation === conversation ? (asked.origin?.platformId ?? "") : "",
    prefix: outbound.responsePrefix === "" ? "" : prefixFrom(outbound.responsePrefix, facts),
    denied: decision.allowed ? undefined : `the send policy lets no answer out here (${decision.rule})`,
  };
}

function networkOf(conversation: string): string {
  return idOf(channelOf(conversation)).split(":")[0] ?? "";
}

function replyToModeOf({ replyToMode: wanted }: OutboundSettings, { inputs }: Run): AnswerPlace["replyToMode"] {
  if (wanted !== "batched") return wanted;
  return inputs.length > 1 ? "first" : "off";
}

function typingModeOf({ typingMode: wanted }: OutboundSettings, asked: Origin | undefined): AnswerPlace["typingMode"] {
  if (wanted !== "auto") return wanted;
  const meant = asked === undefined || asked.kind === Kind.DIRECT || asked.mentionsUs;
  return meant ? "instant" : "message";
}
