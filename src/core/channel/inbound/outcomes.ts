/** What becomes of an inbound message: heard or not, a command or not, and which run answers it. */

import { Ingress_Outcome as Outcome } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { CommandRooms } from "../../command/command.ts";
import type { Recorder } from "../../recorder.ts";
import type { RunEffects } from "../../run/run-effects.ts";
import { settleReaction } from "../reaction/settle-reaction.ts";
import { askToPair, pairingText } from "../sender/ask-to-pair.ts";
import { type AcceptParts, acceptMessage } from "./accept-message.ts";
import type { Arrival } from "./arrival.ts";
import { carryOut } from "./command-message.ts";
import { Judge } from "./judge.ts";
import { keepConversation, makeSession } from "./known-conversation.ts";
import { reply } from "./reply.ts";
import type { Settled } from "./settled.ts";

/** What outcomes are made with. Settings are read on use. */
export interface OutcomeParts extends AcceptParts {
  readonly commands: CommandRooms;
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
    const { messaging } = this.#parts.settings;
    if (arrival.message.reaction !== undefined) return settleReaction(recorder, arrival, messaging);
    const judged = await this.#judge.judge(recorder, arrival, messaging);
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
    const session = judged.session ?? (await makeSession(recorder, arrival, { ...judged.place, agent: route.agent }));
    if (command === undefined) {
      return { ...told, ...(await acceptMessage(recorder, effects, { arrival, judged, session, parts: this.#parts })) };
    }
    const carried = await carryOut(recorder, effects, { arrival, judged, session, rooms: this.#parts.commands });
    const end = { ...told, rule: `/${command.command.name}`, reason: carried.reply, session: session.name };
    if (carried.message === undefined) return { ...end, outcome: Outcome.COMMAND };
    const { session: begun, message: text, hint } = carried;
    const accepted = await acceptMessage(recorder, effects, {
      arrival,
      judged,
      session: begun,
      text,
      hint,
      parts: this.#parts,
    });
    return { ...end, ...accepted, reason: commandNote(end.rule, session.generation !== begun.generation) };
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
}

function commandNote(command: string, anew: boolean): string {
  return anew ? "the session was begun anew first" : `${command} was carried out first`;
}
