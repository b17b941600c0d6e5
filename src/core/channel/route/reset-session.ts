/** Starts a session anew that is due for it, before a message is accepted. */

import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { CoreSettings } from "../../core-settings.ts";
import type { Recorder } from "../../recorder.ts";
import { startGeneration } from "../../session/new-session.ts";
import type { Arrival } from "../inbound/arrival.ts";
import { resetReason, resetRuleFor } from "./reset-rule.ts";

/** The session in its next generation if it is due, else as it was. One that is at work goes on: what it is at belongs to it. */
export function resetIfDue(
  recorder: Recorder,
  session: Session,
  { arrival, settings }: { readonly arrival: Arrival; readonly settings: Pick<CoreSettings, "messaging" | "timeZone"> },
): Promise<Session> {
  const { messaging, timeZone } = settings;
  if (session.activeRun !== "" || session.queuedRunCount > 0) return Promise.resolve(session);
  const rule = resetRuleFor({ network: arrival.channel.kind, kind: arrival.message.kind }, messaging);
  const reason = resetReason(session, rule, { nowMs: recorder.nowMs, timeZone });
  return reason === undefined ? Promise.resolve(session) : startGeneration(recorder, session);
}
