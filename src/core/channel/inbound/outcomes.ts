/** What becomes of an inbound message: heard or not, a command or not, and which run answers it. */

import { type Ingress, Ingress_Outcome as Outcome } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { CommandRooms } from "../../command/command.ts";
import type { CoreSettings } from "../../core-settings.ts";
import type { Inbox } from "../../message/inbox.ts";
import type { Recorder } from "../../recorder.ts";
import type { RunEffects } from "../../run/run-effects.ts";
import { startGeneration } from "../../session/new-session.ts";
import { decideSend } from "../access/send-policy.ts";
import { resetReason, resetRuleFor } from "../route/reset-rule.ts";
import { askToPair, pairingText } from "../sender/ask-to-pair.ts";
import type { Arrival } from "./arrival.ts";
import { inputFrom } from "./channel-input.ts";
import { carryOut } from "./command-message.ts";
import { Judge, type Judged } from "./judge.ts";
import { keepConversation, keepSession } from "./known-conversation.ts";
import { reply } from "./reply.ts";

/** What became of a message, before it has a name. */
export type Settled = Partial<
  Pick<Ingress, "outcome" | "rule" | "reason" | "route" | "session" | "transcriptMessage" | "run">
> & {
  /** True when it waits to be context of the next message that is answered. */
  readonly waits?: boolean;
};

/** What outcomes are made with. Settings are read on use. */
export interface OutcomeParts {
  readonly inbox: Inbox;
  readonly commands: CommandRooms;
  readonly settings: Pick<CoreSettings, "messaging" | "run" | "timeZone">;
}

/** Settles messages, inside the transaction that keeps them. */
export class Outcomes {
  readonly #parts: OutcomeParts;
  readonly #judge = new Judge();

  constructor(parts: OutcomeParts) {
    this.#parts = parts;
  }

  /** Does what is to be done about the message, and says what that was. Fails with QUEUE_FULL, FIELD_INVALID. */
  async settle(recorder: Recorder, effects: RunEffects, arrival: Arrival): Promise<Settled> {
    const judged = await this.#judge.judge(recorder, arrival, this.#parts.settings.messaging);
    const { decision, route } = judged;
    const told = { rule: decision.rule, reason: decision.reason, route: route.rule };
    if (decision.verdict === "suppress") return { ...told, outcome: Outcome.SUPPRESSED };
    if (decision.verdict === "pair") return { ...told, ...(await this.#pair(recorder, arrival)) };
    await keepConversation(recorder, arrival, decision.verdict === "admit" ? judged.place.name : "");
    if (decision.verdict === "context") return { ...told, outcome: Outcome.CONTEXT, waits: true };
    const { command, standing } = judged;
    if (command !== undefined && !standing.mayCommand) {
      const reason = `the sender may not use /${command.command.name}; see commands.allowFrom`;
      return { ...told, outcome: Outcome.SUPPRESSED, rule: "commands", reason };
    }
    const session = await keepSession(recorder, arrival, { ...judged.place, agent: route.agent });
    if (command === undefined) {
      return { ...told, ...(await this.#accept(recorder, effects, { arrival, judged, session })) };
    }
    const carried = await carryOut(recorder, effects, { arrival, judged, session, rooms: this.#parts.commands });
    const end = { ...told, rule: `/${command.command.name}`, reason: carried.reply, session: session.name };
    if (carried.message === undefined) return { ...end, outcome: Outcome.COMMAND };
    const text = carried.message;
    const accepted = { arrival, judged, session: carried.session, text };
    return { ...end, ...(await this.#accept(recorder, effects, accepted)), reason: "the session was begun anew first" };
  }

  async #pair(recorder: Recorder, arrival: Arrival): Promise<Settled> {
    const { channel, message, conversation, sender } = arrival;
    const { senderAddress: address, senderTitle: title } = message;
    const stranger = { channel: channel.name, sender, address, title, conversation };
    const asked = await askToPair(recorder, stranger);
    if (asked.kind === "full") {
      const reason = `${asked.limit} senders of this channel wait to be paired already; see: openclaw pairing list`;
      return { outcome: Outcome.SUPPRESSED, rule: "pairing", reason };
    }
    if (asked.kind === "rejected") {
      return {
        outcome: Outcome.SUPPRESSED,
        rule: "pairing",
        reason: "the sender was refused; it can ask again in an hour",
      };
    }
    await keepConversation(recorder, arrival, "");
    if (asked.kind === "waiting") return { outcome: Outcome.PAIRING, reason: "the sender has a pairing code already" };
    await reply(recorder, arrival, pairingText(stranger, asked.code));
    return { outcome: Outcome.PAIRING, reason: "the sender was told a pairing code" };
  }

  async #accept(recorder: Recorder, effects: RunEffects, wanted: Accept): Promise<Settled> {
    const { arrival, judged } = wanted;
    const { channel, message, conversation } = arrival;
    const { settings, inbox } = this.#parts;
    const { ingress } = recorder.tables;
    const session = await this.#resetIfDue(recorder, arrival, wanted.session);
    const context = judged.inGroup ? await ingress.listWaiting(conversation, channel.historyLimit) : [];
    if (context.length > 0) await ingress.clearWaiting(conversation);
    const admitted = {
      arrival,
      session: session.name,
      text: wanted.text ?? message.text,
      owner: judged.standing.owner,
      context,
      timeoutMs: settings.run.timeoutMs,
    };
    const accepted = await inbox.admit(recorder, effects, inputFrom(admitted));
    const send = decideSend({ network: channel.kind, kind: message.kind, session }, settings.messaging);
    return {
      outcome: Outcome.ACCEPTED,
      session: session.name,
      transcriptMessage: accepted.message,
      run: accepted.run.name,
      reason: send.allowed ? "" : `its answer does not leave: ${send.rule}`,
    };
  }

  /** A session that is at work goes on: what it is at belongs to the generation it began in. */
  #resetIfDue(recorder: Recorder, { channel, message }: Arrival, session: Session): Promise<Session> {
    const { messaging, timeZone } = this.#parts.settings;
    if (session.activeRun !== "" || session.queuedRunCount > 0) return Promise.resolve(session);
    const rule = resetRuleFor({ network: channel.kind, kind: message.kind }, messaging);
    const reason = resetReason(session, rule, { nowMs: recorder.nowMs, timeZone });
    return reason === undefined ? Promise.resolve(session) : startGeneration(recorder, session);
  }
}

interface Accept {
  readonly arrival: Arrival;
  readonly judged: Judged;
  readonly session: Session;
  /** Instead of the message's own. */
  readonly text?: string;
}
