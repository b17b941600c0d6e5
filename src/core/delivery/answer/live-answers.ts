/** Follows runs while they write: shows that they do, and sends what is finished, or a preview of what is not. */

import type { Log } from "../../../lib/log.ts";
import { sleep } from "../../../lib/sleep.ts";
import { gatewayActor } from "../../changes.ts";
import type { ActiveRun } from "../../run/live/active-run.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { mayBeSilent } from "../text/answer-text.ts";
import { answerActions } from "./answer-actions.ts";
import { type AnswerPlace, findPlace, outboundOf, type PlaceParts } from "./answer-place.ts";
import { type BlockParts, BlockSender } from "./block-sender.ts";
import { growing, isAt, type LiveRun } from "./growing.ts";
import { PreviewEditor } from "./preview-editor.ts";
import { isFirst, queueAnswer } from "./queue-answer.ts";
import { findSaid, textOf } from "./said-before.ts";
import { type TypingParts, TypingShow } from "./typing-show.ts";

/** How often a growing answer is looked at, in ms. */
export interface LiveTimes {
  readonly blockMs: number;
  readonly previewMs: number;
}

/** The times of a gateway. */
const liveTimes: LiveTimes = { blockMs: 250, previewMs: 1_000 };

/** Text a preview begins with, at least; UTF-16 units. */
const leastPreview = 24;

/** What runs are followed with. */
export interface LiveParts extends PlaceParts, TypingParts, BlockParts {
  readonly outbox: Outbox;
  readonly log: Log;
  readonly times?: LiveTimes;
}

/** A run that writes. */
interface Writing {
  readonly live: LiveRun;
  readonly place: AnswerPlace;
  readonly editor: PreviewEditor;
  readonly blocks: BlockSender;
}

/** Follows runs. */
export class LiveAnswers {
  readonly #parts: LiveParts;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** Does the work of a run, and follows it meanwhile. What goes wrong with following never touches the run. */
  async accompany(active: ActiveRun, work: () => Promise<void>): Promise<void> {
    if (active.record.run.deliverTo === "") return work();
    const over = new AbortController();
    this.#follow(active, over.signal).catch((error: unknown) => {
      if (!over.signal.aborted)
        this.#parts.log.warn({ err: error }, "an answer could not be shown while it is written");
    });
    try {
      await work();
    } finally {
      over.abort(new Error("the run is over"));
    }
  }

  async #follow({ live }: ActiveRun, over: AbortSignal): Promise<void> {
    const { store, lines, outbox } = this.#parts;
    const shown = outboundOf(lines, live.run);
    // Nothing is to be seen before the answer is there: nothing of its place need be known.
    if (shown.typingMode === "never" && shown.streaming === "off") return;
    const place = await store.read((tables) => findPlace(this.#parts, tables, live.run));
    if (place === undefined || place.denied !== undefined) return;
    const { typingMode } = place;
    const { streaming } = place.outbound;
    const typing = new TypingShow(this.#parts, place.conversation);
    const editor = new PreviewEditor({ store, lines, outbox }, place);
    const writing: Writing = { live, place, editor, blocks: new BlockSender(this.#parts, place) };
    try {
      if (typingMode === "instant") typing.begin();
      const streams = streaming !== "off";
      while (!over.aborted && (streams || typingMode === "message" || typingMode === "thinking")) {
        await live.changed.wait(1_000, over);
        if (over.aborted) return;
        if (typingMode === "thinking" && live.uncommittedParts().length > 0) typing.begin();
        const text = textOf(live.uncommittedParts());
        if (text === "" || mayBeSilent(text)) continue;
        if (typingMode === "message") typing.begin();
        if (streams) await this.#stream(writing, over);
        else if (typing.begun) break;
      }
      if (!over.aborted) await new Promise((resolve) => over.addEventListener("abort", resolve, { once: true }));
    } finally {
      typing.end();
    }
  }

  async #stream(writing: Writing, over: AbortSignal): Promise<void> {
    const { blockMs, previewMs } = this.#parts.times ?? liveTimes;
    if (writing.place.outbound.streaming === "block") {
      const pauseMs = await writing.blocks.sendNext(writing.live);
      await sleep(Math.max(blockMs, pauseMs), over);
    } else {
      const waitMs = await this.#preview(writing);
      await sleep(Math.max(previewMs, waitMs), over);
    }
  }

  /** Puts up a preview, or brings it up to date; answers how long to wait at least. */
  async #preview({ live, place, editor }: Writing): Promise<number> {
    const { store, changes } = this.#parts;
    const { text, step } = growing(live);
    if (text.length < leastPreview || !editor.able) return 0;
    const run = live.run.name;
    const { preview } = await store.read(({ deliveries }) => findSaid(deliveries, run, { step, text }));
    if (preview !== undefined) {
      const now = (): string | undefined => (growing(live).step === step ? growing(live).text : undefined);
      return editor.edit(preview, now);
    }
    await changes.transact(gatewayActor, async (recorder) => {
      if (!(await isAt(recorder, live, step))) return;
      if ((await findSaid(recorder.tables.deliveries, run, { step, text })).preview !== undefined) return;
      const actions = answerActions({ text, first: await isFirst(recorder, run) }, place).slice(0, 1);
      await queueAnswer(recorder, { run, place }, { actions, live: { step, kind: "preview", length: 0, hash: "" } });
    });
    return 0;
  }
}
