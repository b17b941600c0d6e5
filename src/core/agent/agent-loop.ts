/** Works on one run: asks the model, calls tools, asks again, until the agent has answered. */

import { Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { FaultPoint } from "../../lib/fault-point.ts";
import type { RunLimits } from "../core-settings.ts";
import { RecentMessages } from "../message/recent-messages.ts";
import type { ActiveRun } from "../run/live/active-run.ts";
import { tooManySteps } from "../run/run-failure.ts";
import type { RunSteps } from "../run/run-steps.ts";
import { toolUsesOf } from "../run/tool-results.ts";
import { type AskParts, askModel } from "./ask-model.ts";
import { loadProgress, type Progress } from "./run-progress.ts";
import type { ToolRunner } from "./tool-runner.ts";

/** What the loop is built from. */
export interface AgentLoopParts extends Omit<AskParts, "recent"> {
  readonly steps: RunSteps;
  readonly tools: ToolRunner;
  readonly limits: RunLimits;
  readonly faults: FaultPoint;
}

/** Drives runs. */
export class AgentLoop {
  readonly #parts: AgentLoopParts & AskParts;

  constructor(parts: AgentLoopParts) {
    this.#parts = { ...parts, recent: new RecentMessages() };
  }

  /** Works on the run until it has ended or was taken away. Throws the Failure that the run is to end with. */
  async drive(active: ActiveRun): Promise<void> {
    if (active.record.run.compaction !== undefined) return this.#parts.compactor.drive(active);
    const progress = await loadProgress(this.#parts, active);
    const { maxSteps } = this.#parts.limits;
    for (let step = 0; step < maxSteps; step++) {
      if (progress.open.length > 0 && !(await this.#answerTools(active, progress))) return;
      if (!(await this.#askModel(active, progress))) return;
    }
    throw tooManySteps(maxSteps);
  }

  /** One model call and its commit. False when the run is over. */
  async #askModel(active: ActiveRun, progress: Progress): Promise<boolean> {
    const answer = await askModel(this.#parts, active, progress);
    this.#parts.faults("run.answered");
    const after = this.#parts.compactor.orderAfter(answer, progress.messages);
    const committed = await this.#parts.steps.commitAnswer(active, answer, after);
    if (committed === undefined) return false;
    progress.messages.push(...committed.messages);
    progress.open = committed.messages.flatMap((message) =>
      message.role === Role.ASSISTANT ? toolUsesOf(message) : [],
    );
    return !committed.ended;
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
