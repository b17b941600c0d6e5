/** Follows runs while they write: shows that they do, and sends what is finished, or a preview of what is not. */

import type { Log } from "../../../lib/log.ts";
import { sleep } from "../../../lib/sleep.ts";
import { type Changes, gatewayActor } from "../../changes.ts";
import type { Recorder } from "../../recorder.ts";
import type { ActiveRun } from "../../run/live/active-run.ts";
import { isActive } from "../../run/run-state.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { mayBeSilent } from "../text/answer-text.ts";
import { answerActions } from "./answer-actions.ts";
import { type AnswerPlace, findPlace, type PlaceParts } from "./answer-place.ts";
import { isFirst, queueAnswer } from "./answers.ts";
import { finishedBlockEnd } from "./finished-block.ts";
import { PreviewEditor } from "./preview-editor.ts";
import { findSaid, hashOfText, textOf } from "./said-before.ts";
import { type TypingParts, TypingShow } from "./typing-show.ts";

type LiveRun = ActiveRun["live"];

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
export interface LiveParts extends PlaceParts, TypingParts {
  readonly changes: Changes;
  readonly outbox: Outbox;
  readonly log: Log;
  readonly times?: LiveTimes;
}

/** A run that writes. */
interface Writing {
  readonly live: LiveRun;
  readonly place: AnswerPlace;
  readonly editor: PreviewEditor;
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
    const { store } = this.#parts;
    const place = await store.read((tables) => findPlace(this.#parts, tables, live.run));
    if (place === undefined || place.denied !== undefined) return;
    const { typingMode, streaming } = place.outbound;
    const typing = new TypingShow(this.#parts, place.conversation);
    const { lines, outbox } = this.#parts;
    const writing: Writing = { live, place, editor: new PreviewEditor({ store, lines, outbox }, place) };
    try {
      if (typingMode === "instant") typing.begin();
      const streams = streaming !== "off";
      while (!over.aborted && (streams || typingMode === "message")) {
        await live.changed.wait(1_000, over);
        if (over.aborted) return;
        const text = textOf(live.uncommittedParts());
        if (text === "" || mayBeSilent(text)) continue;
        if (typingMode === "message") typing.begin();
        if (streams) await this.#stream(writing, over);
        else break;
      }
      if (!over.aborted) await new Promise((resolve) => over.addEventListener("abort", resolve, { once: true }));
    } finally {
      typing.end();
    }
  }

  async #stream(writing: Writing, over: AbortSignal): Promise<void> {
    const { blockMs, previewMs } = this.#parts.times ?? liveTimes;
    if (writing.place.outbound.streaming === "block") {
      await this.#sendBlock(writing);
      await sleep(blockMs, over);
    } else {
      const waitMs = await this.#preview(writing);
      await sleep(Math.max(previewMs, waitMs), over);
    }
  }

  /** Sends the next block if it is finished, and the answer has not been committed meanwhile. */
  async #sendBlock({ live, place }: Writing): Promise<void> {
    const { blockMinChars: min, blockMaxChars: max } = place.outbound;
    const { text, step } = growing(live);
    if (text.length < min) return;
    await this.#parts.changes.transact(gatewayActor, async (recorder) => {
      if (!(await isAt(recorder, live, step))) return;
      const run = live.run.name;
      const said = await findSaid(recorder.tables.deliveries, run, { step, text });
      const end = finishedBlockEnd(text, said.length, { min, max });
      if (end === undefined) return;
      const piece = { text: text.slice(said.length, end), first: await isFirst(recorder, run) };
      const piece_ = { step, kind: "block", length: end, hash: hashOfText(text.slice(0, end)) } as const;
      await queueAnswer(recorder, { run, place }, { actions: answerActions(piece, place), live: piece_ });
    });
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

/** What is being written, and which answer of the run it is. */
function growing(live: LiveRun): { text: string; step: number } {
  return { text: textOf(live.uncommittedParts()), step: live.run.outputs.length };
}

/** True while the answer has not been committed, and the run goes on. */
async function isAt({ tables }: Recorder, live: LiveRun, step: number): Promise<boolean> {
  const record = await tables.runs.find(live.run.name);
  return record !== undefined && isActive(record.run) && record.run.outputs.length === step;
}
