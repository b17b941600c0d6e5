/** Whether answers of a session may leave. */

import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import { idOf } from "../../names.ts";
import type { MessagingSettings } from "../channel-settings.ts";

/** Where an answer would go. */
export interface SendPlace {
  /** Network. */
  readonly network: string;
  readonly kind: Kind;
  /** Session whose answer it is; undefined when nobody's. */
  readonly session: Session | undefined;
}

/** Whether it may, and which rule says so. */
export interface SendDecision {
  readonly allowed: boolean;
  /** "session.send", "sendPolicy.rules[1]" or "sendPolicy.default". */
  readonly rule: string;
}

/** The session's own word counts first; then any rule that denies, then one that allows, then the default. */
export function decideSend(
  place: SendPlace,
  { sendRules, sendDefault }: Pick<MessagingSettings, "sendRules" | "sendDefault">,
): SendDecision {
  const own = place.session?.chat?.send;
  if (own !== undefined) return { allowed: own === "on", rule: "session.send" };
  const matching = sendRules.map((rule, index) => ({ rule, index })).filter(({ rule }) => matches(rule, place));
  const decisive = matching.find(({ rule }) => rule.action === "deny") ?? matching[0];
  if (decisive === undefined) return { allowed: sendDefault === "allow", rule: "sendPolicy.default" };
  return { allowed: decisive.rule.action === "allow", rule: `sendPolicy.rules[${decisive.index}]` };
}

function matches(rule: MessagingSettings["sendRules"][number], { network, kind, session }: SendPlace): boolean {
  const { channel, kind: wanted, sessionPrefix, wholePrefix } = rule;
  if (channel !== undefined && channel !== network) return false;
  const word = kind === Kind.THREAD ? "thread" : kind === Kind.GROUP ? "group" : "direct";
  if (wanted !== undefined && wanted !== word) return false;
  const id = session === undefined ? undefined : idOf(session.name);
  const begins = (prefix: string, ...ids: (string | undefined)[]): boolean =>
    ids.some((one) => one?.startsWith(prefix));
  if (wholePrefix !== undefined && !begins(wholePrefix, id)) return false;
  return sessionPrefix === undefined || begins(sessionPrefix, id, id?.replace(/^agent:[^:]*:/, ""));
}
