/** Sends the finished blocks of an answer while the rest is written. */

import type { Clock } from "../../../lib/clock.ts";
import { type Changes, gatewayActor } from "../../changes.ts";
import { answerActions } from "./answer-actions.ts";
import type { AnswerPlace } from "./answer-place.ts";
import { finishedBlockEnd } from "./finished-block.ts";
import { growing, isAt, type LiveRun } from "./growing.ts";
import { Growth, humanDelayMs } from "./pace.ts";
import { isFirst, queueAnswer } from "./queue-answer.ts";
import { findSaid, hashOfText } from "./said-before.ts";

/** What blocks are sent with. */
export interface BlockParts {
  readonly changes: Changes;
  readonly clock: Clock;
}

/** Sends the blocks of one run. */
export class BlockSender {
  readonly #changes: Changes;
  readonly #place: AnswerPlace;
  readonly #growth: Growth;

  constructor({ changes, clock }: BlockParts, place: AnswerPlace) {
    this.#changes = changes;
    this.#place = place;
    this.#growth = new Growth(clock);
  }

  /**
   * Sends the next block if it is finished, and the answer has not been committed meanwhile. Answers how long to wait before
   * another, in ms.
   */
  async sendNext(live: LiveRun): Promise<number> {
    const place = this.#place;
    const { blockMinChars, blockMaxChars: max, blockIdleMs } = place.outbound;
    const { text, step } = growing(live);
    const idle = this.#growth.isIdle(text, blockIdleMs);
    const min = idle ? 1 : blockMinChars;
    if (text.length < min) return 0;
    const sent = await this.#changes.transact(gatewayActor, async (recorder) => {
      if (!(await isAt(recorder, live, step))) return false;
      const run = live.run.name;
      const said = await findSaid(recorder.tables.deliveries, run, { step, text });
      const end = finishedBlockEnd(text, said.length, { min, max, idle });
      if (end === undefined) return false;
      const piece = { text: text.slice(said.length, end), first: await isFirst(recorder, run) };
      const kept = { step, kind: "block", length: end, hash: hashOfText(text.slice(0, end)) } as const;
      await queueAnswer(recorder, { run, place }, { actions: answerActions(piece, place), live: kept });
      return true;
    });
    return sent ? humanDelayMs(place.outbound) : 0;
  }
}
