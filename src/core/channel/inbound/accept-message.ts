/** A message that is heard: handed to the inbox, with what was said in its group meanwhile. */

import { type Ingress, Ingress_Outcome as Outcome } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { MessageHint } from "../../command/command.ts";
import type { CoreSettings } from "../../core-settings.ts";
import { acknowledge } from "../../delivery/acknowledge.ts";
import type { Inbox } from "../../message/inbox.ts";
import type { Recorder } from "../../recorder.ts";
import type { RunEffects } from "../../run/run-effects.ts";
import { visibleContext, visibleQuote } from "../access/context-visibility.ts";
import { decideSend } from "../access/send-policy.ts";
import { resetIfDue } from "../route/reset-session.ts";
import type { Arrival } from "./arrival.ts";
import { inputFrom } from "./channel-input.ts";
import type { Judged } from "./judge.ts";
import { mostReactions, mostWaiting, type Settled } from "./settled.ts";

/** What messages are accepted with. Settings are read on use. */
export interface AcceptParts {
  readonly inbox: Inbox;
  readonly settings: Pick<CoreSettings, "messaging" | "run" | "timeZone">;
}

/** A message on its way to the inbox. */
export interface HeardMessage {
  readonly arrival: Arrival;
  readonly judged: Judged;
  readonly session: Session;
  /** Instead of the message's own. */
  readonly text?: string;
  /** How it is to be handled, over what the session says. */
  readonly hint?: MessageHint;
  readonly parts: AcceptParts;
}

/** Accepts it; a session that is due begins anew first. Fails as `Inbox.admit` does. */
export async function acceptMessage(recorder: Recorder, effects: RunEffects, heard: HeardMessage): Promise<Settled> {
  const { arrival, judged, parts } = heard;
  const { channel, message } = arrival;
  const { messaging, run } = parts.settings;
  const session = await resetIfDue(recorder, heard.session, { arrival, settings: parts.settings });
  const mentioned = judged.mentioned || message.repliesToUs;
  const rules = { channel, messaging };
  const input = inputFrom({
    arrival,
    session,
    text: heard.text ?? message.text,
    owner: judged.standing.owner,
    mentioned,
    context: visibleContext(await takeContext(recorder, arrival), rules),
    replyText: visibleQuote(message, channel),
    timeoutMs: run.timeoutMs,
    hint: heard.hint ?? {},
    usualMode: messaging.queueModeByChannel[channel.kind],
  });
  const accepted = await parts.inbox.admit(recorder, effects, input);
  const send = decideSend({ network: channel.kind, kind: message.kind, session }, messaging);
  if (send.allowed) {
    const { platformId } = message;
    const { conversation } = arrival;
    const facts = { conversation, platformId, inGroup: judged.inGroup, mentioned };
    await acknowledge(recorder, { ...facts, outbound: channel.outbound });
  }
  return {
    outcome: Outcome.ACCEPTED,
    session: session.name,
    transcriptMessage: accepted.message,
    run: accepted.run.name,
    reason: send.allowed ? "" : `its answer does not leave: ${send.rule}`,
  };
}

/** What waited in the conversation is used once: messages of its group, and reactions, the newest of each. */
async function takeContext({ tables }: Recorder, { channel, conversation }: Arrival): Promise<readonly Ingress[]> {
  const { historyLimit } = channel;
  const waiting = await tables.ingress.listWaiting(conversation, mostWaiting(channel));
  if (waiting.length === 0) return waiting;
  await tables.ingress.clearWaiting(conversation);
  const isReaction = ({ message }: Ingress): boolean => message?.reaction !== undefined;
  const reactions = waiting.filter(isReaction).slice(-mostReactions);
  const messages = historyLimit === 0 ? [] : waiting.filter((one) => !isReaction(one)).slice(-historyLimit);
  const told = new Set([...reactions, ...messages]);
  return waiting.filter((one) => told.has(one));
}
