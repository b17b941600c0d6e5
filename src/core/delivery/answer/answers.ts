/** Puts what runs say on its way, in the very transaction that keeps what they said. */

import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type OutboundAction, Delivery_State as State } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Message } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Run, Run_State as RunState } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import { channelOf } from "../../channel/channel-names.ts";
import type { Recorder } from "../../recorder.ts";
import type { RunListener } from "../../run/run-effects.ts";
import { takeAcksAway } from "../acknowledge.ts";
import type { DeliveryRecord } from "../delivery-table.ts";
import { discardDelivery } from "../queue-deliveries.ts";
import { answerActions } from "./answer-actions.ts";
import { findPlace, type PlaceParts } from "./answer-place.ts";
import { failureText, usageLine } from "./answer-words.ts";
import { isFirst, queueAnswer } from "./queue-answer.ts";
import { fellSilent, findSaid, textOf } from "./said-before.ts";

/** Hears runs. */
export class Answers implements RunListener {
  readonly #parts: PlaceParts;

  constructor(parts: PlaceParts) {
    this.#parts = parts;
  }

  /** Plans what of a message has not left yet. */
  async answered(recorder: Recorder, run: Run, message: Message): Promise<void> {
    const place = await findPlace(this.#parts, recorder.tables, run);
    if (place === undefined) return;
    const text = textOf(message.parts);
    const { deliveries } = recorder.tables;
    const said = await findSaid(deliveries, run.name, { step: run.outputs.indexOf(message.name), text });
    const final = !message.parts.some(({ kind }) => kind.case === "toolUse");
    const piece = {
      text: text.slice(said.length),
      files: message.parts.filter(({ kind }) => kind.case === "attachment"),
      first: await isFirst(recorder, run.name),
      footer: final ? usageLine(run, place.session?.chat?.usage ?? this.#parts.messaging().responseUsage) : "",
    };
    const actions = answerActions(piece, place);
    const replaces = said.preview && (await this.#settlePreview(recorder, said.preview, actions));
    await queueAnswer(
      recorder,
      { run: run.name, place },
      { actions, message: message.name, follows: !piece.first, ...(replaces && { replaces }) },
    );
  }

  /**
   * A person who asked is told when there will be no answer; a group is not bothered. Of a run that was stopped, nothing
   * leaves that still waits.
   */
  async ended(recorder: Recorder, run: Run): Promise<void> {
    if (run.deliverTo === "") return;
    if (run.state === RunState.CANCELLED) await discardWaiting(recorder, run.name);
    const wordless = run.state === RunState.SUCCEEDED && (await fellSilent(recorder.tables, run));
    if (run.state === RunState.FAILED || wordless) await this.#excuse(recorder, run);
    await takeAcksAway(recorder, run, this.#parts.lines.find(channelOf(run.deliverTo))?.settings.outbound);
  }

  async #excuse(recorder: Recorder, run: Run): Promise<void> {
    const place = await findPlace(this.#parts, recorder.tables, run);
    if (place === undefined || place.kind !== Kind.DIRECT) return;
    const actions = answerActions({ text: failureText(run), first: true }, { ...place, prefix: "" });
    await queueAnswer(recorder, { run: run.name, place }, { actions });
  }

  /** One that nobody saw is taken back; the answer becomes an edit of one that was sent. Returns the name of that. */
  async #settlePreview(
    recorder: Recorder,
    preview: DeliveryRecord,
    actions: readonly OutboundAction[],
  ): Promise<string | undefined> {
    if (preview.delivery.state === State.QUEUED) {
      await discardDelivery(recorder, preview);
      return undefined;
    }
    const [first] = actions;
    return first?.kind.case === "message" && first.kind.value.attachment === undefined
      ? preview.delivery.name
      : undefined;
  }
}

async function discardWaiting(recorder: Recorder, run: string): Promise<void> {
  const query = { run, state: State.QUEUED, limit: 1_000 } as const;
  for (const record of await recorder.tables.deliveries.list(query)) await discardDelivery(recorder, record);
}
