/** Works on one run: asks the model, calls tools, asks again, until the agent has answered. */

import type { Conversation } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { FaultPoint } from "../../lib/fault-point.ts";
import type { RunLimits } from "../core-settings.ts";
import type { Compactor } from "../run/compaction/compactor.ts";
import { isContextFull } from "../run/compaction/summariser.ts";
import type { ActiveRun } from "../run/live/active-run.ts";
import { tooManySteps } from "../run/run-failure.ts";
import type { RunSteps } from "../run/run-steps.ts";
import { toolUsesOf } from "../run/tool-results.ts";
import type { Store } from "../store.ts";
import type { Answer } from "./model-answer.ts";
import type { ModelCaller } from "./model-caller.ts";
import type { ModelChoice } from "./model-choice.ts";
import { loadProgress, type Progress, reloadMessages } from "./run-progress.ts";
import type { ToolRunner } from "./tool-runner.ts";

/** What the loop is built from. */
export interface AgentLoopParts {
  readonly store: Store;
  readonly steps: RunSteps;
  readonly models: ModelCaller;
  readonly compactor: Compactor;
  readonly tools: ToolRunner;
  readonly choice: ModelChoice;
  /** What the operator tells agents about the conversation an answer goes to; empty for nothing. */
  readonly groupPrompt: (conversation: Conversation) => string;
  readonly limits: RunLimits;
  readonly faults: FaultPoint;
}

/** Drives runs. */
export class AgentLoop {
  readonly #parts: AgentLoopParts;

  constructor(parts: AgentLoopParts) {
    this.#parts = parts;
  }

  /** Works on the run until it has ended or was taken away. Throws the Failure that the run is to end with. */
  async drive(active: ActiveRun): Promise<void> {
    const progress = await loadProgress(this.#parts.store, active);
    const { maxSteps } = this.#parts.limits;
    for (let step = 0; step < maxSteps; step++) {
      if (progress.open.length > 0 && !(await this.#answerTools(active, progress))) return;
      if (!(await this.#askModel(active, progress))) return;
    }
    throw tooManySteps(maxSteps);
  }

  /** One model call and its commit. False when the run is over. */
  async #askModel(active: ActiveRun, progress: Progress): Promise<boolean> {
    const answer = await this.#call(active, progress);
    this.#parts.faults("run.answered");
    const order = this.#parts.compactor.orderAfter(answer, progress.messages);
    const committed = await this.#parts.steps.commitAnswer(active, answer, order);
    if (committed === undefined) return false;
    progress.messages.push(...committed.messages);
    progress.open = committed.messages.flatMap((message) =>
      message.role === Role.ASSISTANT ? toolUsesOf(message) : [],
    );
    return !committed.ended;
  }

  /** A model that cannot read the transcript is asked once more when it could be made shorter. */
  async #call(active: ActiveRun, progress: Progress): Promise<Answer> {
    const { models, compactor, choice, groupPrompt, store } = this.#parts;
    const { conversation } = progress;
    const place = conversation === undefined ? "" : groupPrompt(conversation);
    try {
      return await models.call(choice.callFor(active, progress, place));
    } catch (error) {
      if (!isContextFull(error) || !(await compactor.relieve(active))) throw error;
      await reloadMessages(store, progress);
      return models.call(choice.callFor(active, progress, place));
    }
  }

  /** Calls the open tools one after the other; a person who writes meanwhile is heard first. False when the run is over. */
  async #answerTools(active: ActiveRun, progress: Progress): Promise<boolean> {
    const { steps, tools, faults } = this.#parts;
    let steered = false;
    for (const [index, use] of progress.open.entries()) {
      faults("run.before-tool");
      const startedMs = performance.now();
      const answer = steered
        ? { use, failed: true, text: "not called: a new message came first; read it, then decide" }
        : progress.resumed && index === 0 && !tools.isReplaySafe(use.tool)
          ? {
              use,
              failed: true,
              text: "the gateway restarted during this call; whether it was done is unknown: check first",
            }
          : await tools.call({ active, session: progress.session, use });
      faults("run.after-tool");
      const last = index === progress.open.length - 1;
      const committed = await steps.commitToolResult(active, {
        answer,
        elapsedMs: performance.now() - startedMs,
        last,
      });
      if (committed === undefined) return false;
      progress.messages.push(...committed.messages);
      steered = committed.steered;
    }
    progress.open = [];
    progress.resumed = false;
    return true;
  }
}
