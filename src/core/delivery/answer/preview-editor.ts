/** Brings a preview up to date: lossy edits between the deliveries of its conversation. */

import { create } from "@bufbuild/protobuf";
import { OutboundActionSchema, Delivery_State as State } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { raceAbort } from "../../../lib/until-aborted.ts";
import { channelOf, editName } from "../../channel/channel-names.ts";
import { UnsentError } from "../../channel/network.ts";
import type { Store } from "../../store.ts";
import type { ChannelLines } from "../channel-lines.ts";
import type { DeliveryRecord } from "../delivery-table.ts";
import { findAddress } from "../outbox/conversation-address.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { prepareAction } from "../outbox/prepare-action.ts";
import { answerActions } from "./answer-actions.ts";
import type { AnswerPlace } from "./answer-place.ts";
import { hashOfText } from "./said-before.ts";

/** What previews are edited with. */
export interface PreviewParts {
  readonly store: Store;
  readonly lines: ChannelLines;
  readonly outbox: Outbox;
}

/** Pause after a network did not take an edit, in ms. */
const pauseMs = 3_000;

/** What a network gets to answer; the conversation waits for it, so that nothing older arrives after the answer. */
const patienceMs = 10_000;

/** Edits previews in one place. */
export class PreviewEditor {
  readonly #parts: PreviewParts;
  readonly #place: AnswerPlace;
  #edits = 0;
  /** What the last preview that was edited says now. */
  #last: { readonly preview: string; readonly text: string } | undefined;

  constructor(parts: PreviewParts, place: AnswerPlace) {
    this.#parts = parts;
    this.#place = place;
  }

  /** True while the network is there and can change messages. */
  get able(): boolean {
    return this.#connection?.capabilities.edit === true;
  }

  /**
   * Edits the preview, if it was sent and nothing else waits in its conversation, to what `text` answers at that moment;
   * undefined leaves it as it is. Answers how long the network wants to be left alone, in ms.
   */
  async edit(preview: DeliveryRecord, text: () => string | undefined): Promise<number> {
    const { store, outbox } = this.#parts;
    const { state, platformIds, name, attempts, action: shown } = preview.delivery;
    const [platformId] = platformIds;
    if (state !== State.SENT || platformId === undefined) return 0;
    const { conversation } = this.#place;
    const to = await store.read((tables) => findAddress(tables, conversation));
    let waitMs = 0;
    await outbox.between(conversation, async () => {
      const connection = this.#connection;
      const first = shown?.kind.case === "message" ? shown.kind.value.text : "";
      const now = this.#shown(text(), first);
      const said = this.#last?.preview === name ? this.#last.text : first;
      if (connection === undefined || to === undefined || now === undefined || now === said) return;
      const action = create(OutboundActionSchema, { kind: { case: "edit", value: { platformId, text: now } } });
      const prepared = prepareAction(action, connection.capabilities);
      if (prepared.kind !== "send") return;
      try {
        const signal = AbortSignal.timeout(patienceMs);
        this.#edits += 1;
        // After a restart the edits are counted anew, but none says the same.
        const edit = `${this.#edits}.${hashOfText(now).slice(0, 12)}`;
        const attempt = { delivery: editName(name, edit), attempt: attempts + 1, signal };
        await raceAbort(connection.send(prepared.action, to, attempt), signal);
        this.#last = { preview: name, text: now };
      } catch (error) {
        waitMs = (error instanceof UnsentError ? error.retryAfterMs : undefined) ?? pauseMs;
      }
    });
    return waitMs;
  }

  /** The first message of the answer so far; undefined when there is none. `before` is what the preview began with. */
  #shown(text: string | undefined, before: string): string | undefined {
    if (text === undefined) return undefined;
    const { prefix } = this.#place;
    const [first] = answerActions({ text, first: prefix !== "" && before.startsWith(prefix) }, this.#place);
    return first?.kind.case === "message" ? first.kind.value.text : undefined;
  }

  get #connection() {
    return this.#parts.lines.find(channelOf(this.#place.conversation))?.connection;
  }
}
