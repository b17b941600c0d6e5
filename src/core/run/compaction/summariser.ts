/** Has a transcript summed up by a model, in as many calls as its length takes. */

import { create } from "@bufbuild/protobuf";
import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { type Message, PartSchema } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Wakeup } from "../../../lib/wakeup.ts";
import type { Answer } from "../../agent/model-answer.ts";
import type { ModelCaller } from "../../agent/model-caller.ts";
import { charactersPerToken } from "../../agent/transcript-window.ts";
import { Failure } from "../../errors.ts";
import type { ActiveRun } from "../live/active-run.ts";
import { LiveRun } from "../live/live-run.ts";
import { modelRefused, runTimeout } from "../run-failure.ts";
import { summaryText } from "./summary-message.ts";
import { summaryRequest } from "./summary-request.ts";
import { shortened, transcriptText } from "./transcript-text.ts";

/** Which part of what a model reads the transcript takes: at first, and at least before the model is given up. */
const firstShare = 1 / 2;
const leastShare = 1 / 64;

/** What is summed up, and by whom. */
export interface SummaryWork {
  /** The run that does it. */
  readonly active: ActiveRun;
  /** "provider/model", in the order they are tried. */
  readonly chain: readonly string[];
  /** Assumed of a model that does not say how much it reads, in tokens. */
  readonly windowTokens: number;
  /** The summary of what came before; undefined when there is none. */
  readonly before: Message | undefined;
  /** Oldest first; at least one. */
  readonly messages: readonly Message[];
  /** What to pay attention to; may be empty. */
  readonly wish: string;
  readonly timeoutMs: number;
}

/** Makes summaries. */
export class Summariser {
  readonly #models: ModelCaller;

  constructor(models: ModelCaller) {
    this.#models = models;
  }

  /**
   * The summary as one text part; its usage is that of all calls. Fails with RUN_TIMEOUT, with MODEL_REFUSED when the model
   * wrote nothing, and as the calls fail. What is written on the way is shown to nobody.
   */
  async sumUp(work: SummaryWork): Promise<Answer> {
    const timeout = AbortSignal.timeout(work.timeoutMs);
    try {
      return await this.#sumUp(work, timeout);
    } catch (error) {
      if (timeout.aborted && !work.active.signal.aborted) throw runTimeout(work.timeoutMs);
      throw error;
    }
  }

  async #sumUp(work: SummaryWork, timeout: AbortSignal): Promise<Answer> {
    let rest = work.messages;
    let summary = work.before === undefined ? "" : summaryText(work.before);
    let whole: Answer | undefined;
    for (let share = firstShare; whole === undefined || rest.length > 0; ) {
      const question = { ...work, rest, summary, share };
      const step = await this.#call(question, timeout).catch((error: unknown) => {
        if (!isContextFull(error) || share <= leastShare) throw error;
        return undefined;
      });
      if (step === undefined) {
        share /= 2;
        continue;
      }
      summary = summaryText(step.answer);
      if (summary.trim() === "")
        throw modelRefused({ model: step.answer.model, detail: "it wrote no summary; choose another model" });
      whole = joined(whole, step.answer, summary);
      rest = rest.slice(step.taken);
    }
    return whole;
  }

  async #call(
    question: SummaryWork & { readonly rest: readonly Message[]; readonly summary: string; readonly share: number },
    timeout: AbortSignal,
  ): Promise<{ answer: Answer; taken: number }> {
    const { active, chain, rest, summary, share, wish } = question;
    const { record } = active;
    let taken = 0;
    const answer = await this.#models.call({
      active: {
        record,
        live: new LiveRun(record.run, new Wakeup()),
        signal: AbortSignal.any([active.signal, timeout]),
        touch: () => active.touch(),
      },
      chain,
      callIds: () => [],
      request: async ({ contextTokens }) => {
        const windowTokens = contextTokens || question.windowTokens;
        const room = Math.floor(windowTokens * share * charactersPerToken);
        const before = shortened(summary, Math.floor(room / 2));
        const transcript = transcriptText(rest, room - before.length);
        taken = transcript.taken;
        return summaryRequest({ run: record.run, before, transcript: transcript.text, wish, windowTokens });
      },
    });
    return { answer, taken };
  }
}

/** True when the model could not read that much. */
export function isContextFull(error: unknown): boolean {
  return error instanceof Failure && error.reason === ErrorReason.CONTEXT_FULL;
}

function joined(before: Answer | undefined, last: Answer, text: string): Answer {
  const part = create(PartSchema, { kind: { case: "text", value: text } });
  const { inputTokens, outputTokens, cachedTokens } = last.usage;
  return {
    ...last,
    parts: [part],
    usage: {
      inputTokens: inputTokens + (before?.usage.inputTokens ?? 0n),
      outputTokens: outputTokens + (before?.usage.outputTokens ?? 0n),
      cachedTokens: cachedTokens + (before?.usage.cachedTokens ?? 0n),
    },
  };
}
