/** When a session starts anew by itself: judged when a message comes, before it is accepted. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { MessagingSettings, ResetRule } from "../channel-settings.ts";

const dayMs = 86_400_000;

/** The rule that holds for a conversation: its network's wins outright, then its kind's, then the general one. */
export function resetRuleFor(
  place: { readonly network: string; readonly kind: Kind },
  { reset, resetByKind, resetByChannel }: MessagingSettings,
): ResetRule {
  const kind = place.kind === Kind.THREAD ? "thread" : place.kind === Kind.GROUP ? "group" : "direct";
  return resetByChannel[place.network] ?? resetByKind[kind] ?? reset;
}

/** A moment, where the clock on the wall says what. */
export interface Moment {
  readonly nowMs: number;
  /** IANA zone. */
  readonly timeZone: string;
}

/** Why the session is due to start anew, in words; undefined when it is not. An empty one never is. */
export function resetReason(session: Session, rule: ResetRule, { nowMs, timeZone }: Moment): string | undefined {
  if (session.messageCount === 0 || rule.mode === "none") return undefined;
  const startMs = msOf(session.generationTime ?? session.createTime);
  const spokenMs = Math.max(startMs, msOf(session.interactionTime));
  if (rule.mode !== "idle" && resetDay(startMs, rule, timeZone) < resetDay(nowMs, rule, timeZone)) {
    return `daily reset at ${rule.atHour}:00`;
  }
  const idleMs = rule.idleMinutes * 60_000;
  if (rule.mode !== "daily" && nowMs - spokenMs >= idleMs) return `nobody wrote for ${rule.idleMinutes} minutes`;
  return undefined;
}

/** The day a moment belongs to when days begin at the hour of the reset, counted in days. Right when clocks change, too. */
function resetDay(timeMs: number, { atHour }: ResetRule, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
  }).formatToParts(timeMs);
  const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value);
  const day = Date.UTC(part("year"), part("month") - 1, part("day")) / dayMs;
  return part("hour") < atHour ? day - 1 : day;
}

function msOf(time: Session["createTime"]): number {
  return time === undefined ? 0 : timestampMs(time);
}
