/** Judges an inbound message by everything that is known of it: where it belongs, what its sender may do, whether it is heard. */

import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import { findAbort, findCommand, findInside, findReset, type GivenCommand } from "../../command/commands.ts";
import type { Recorder } from "../../recorder.ts";
import { type AccessDecision, type AccessFacts, decideAccess } from "../access/access-decision.ts";
import { BotLoopGuard } from "../access/bot-loop.ts";
import { groupSettings, isGroup } from "../access/group-settings.ts";
import { MentionPatterns } from "../access/mentions.ts";
import { type Standing, standingOf } from "../access/standing.ts";
import type { MessagingSettings } from "../channel-settings.ts";
import { findRoute, type Route } from "../route/route.ts";
import { type SessionPlace, sessionPlace } from "../route/session-key.ts";
import type { Arrival } from "./arrival.ts";
import { isOwnEcho } from "./own-echo.ts";

/** A message, judged. */
export interface Judged {
  readonly decision: AccessDecision;
  readonly route: Route;
  readonly place: SessionPlace;
  /** Undefined when nobody wrote to it before. */
  readonly session: Session | undefined;
  readonly standing: Standing;
  /** The command it is; its sender may still not be allowed to give it. */
  readonly command: GivenCommand | undefined;
  readonly inGroup: boolean;
  /** It mentions us, by the network's means or by a pattern. */
  readonly mentioned: boolean;
}

/** Remembers, in this process, which programs talk too much. */
export class Judge {
  readonly #mentions = new MentionPatterns();
  readonly #botLoop = new BotLoopGuard();

  /** Reads what is to be known, and decides. */
  async judge(recorder: Recorder, arrival: Arrival, messaging: MessagingSettings): Promise<Judged> {
    const { channel, message } = arrival;
    const { tables } = recorder;
    const route = findRoute(message, channel, messaging);
    const place = sessionPlace(message, { route, channel, identityLinks: messaging.identityLinks });
    const session = await tables.sessions.find(place.name);
    const paired = await tables.senders.find(arrival.sender);
    const standing = standingOf(arrival, paired, messaging);
    const mentioned = this.#mentions.isMentioned(message, messaging.mentionPatterns, channel.access.mentionPatterns);
    const inGroup = isGroup(message);
    const command = readCommand(message.text, { mentioned, inGroup, session, standing, messaging });
    const facts = {
      message,
      ours: await isOwnEcho(recorder, arrival),
      paired: paired !== undefined,
      mentioned,
      activation: session?.chat?.activation,
      command: command !== undefined && standing.mayCommand && message.text.trim().startsWith("/"),
      loop: undefined,
    };
    const decision = this.#unlessLoop(arrival, { facts, messaging, nowMs: recorder.nowMs });
    return { decision, route, place, session, standing, command, inGroup, mentioned };
  }

  /** What programs say counts where it would be heard: only that is answered. */
  #unlessLoop(
    { channel, message, conversation, sender }: Arrival,
    { facts, messaging, nowMs }: { facts: AccessFacts; messaging: MessagingSettings; nowMs: number },
  ): AccessDecision {
    const rules = { channel, messaging };
    const decision = decideAccess(facts, rules);
    if (!message.senderIsBot || decision.verdict !== "admit") return decision;
    const own = { ...channel.access.botLoop, ...groupSettings(channel, message)?.botLoop };
    const loop = this.#botLoop.note(`${conversation} ${sender}`, { ...messaging.botLoop, ...own }, nowMs);
    return loop === undefined ? decision : decideAccess({ ...facts, loop }, rules);
  }
}

interface Reading {
  readonly mentioned: boolean;
  readonly inGroup: boolean;
  readonly session: Session | undefined;
  readonly standing: Standing;
  readonly messaging: MessagingSettings;
}

/**
 * Plain words stop only where something can be stopped. For those who may not command, plain words and commands inside a
 * message are words like any.
 */
function readCommand(text: string, reading: Reading): GivenCommand | undefined {
  const { session, standing, messaging } = reading;
  if (!messaging.commands.text) return undefined;
  const given = findCommand(text, reading);
  if (!standing.mayCommand) return given;
  const inside = findInside(text, given) ?? given ?? findReset(text, messaging.resetTriggers);
  if (inside !== undefined) return inside;
  const busy = session !== undefined && (session.activeRun !== "" || session.queuedRunCount > 0);
  return busy ? findAbort(text) : undefined;
}
