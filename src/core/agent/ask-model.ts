/** One question to an agent's model; when it cannot read the transcript, once more after that was made shorter. */

import type { Conversation } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { Compactor } from "../run/compaction/compactor.ts";
import { isContextFull } from "../run/compaction/summariser.ts";
import type { ActiveRun } from "../run/live/active-run.ts";
import type { Answer } from "./model-answer.ts";
import type { ModelCaller } from "./model-caller.ts";
import type { ModelChoice } from "./model-choice.ts";
import { type Progress, type ProgressParts, reloadMessages } from "./run-progress.ts";

/** What a question takes. */
export interface AskParts extends ProgressParts {
  readonly models: ModelCaller;
  readonly compactor: Compactor;
  readonly choice: ModelChoice;
  /** What the operator tells agents about the conversation an answer goes to; empty for nothing. */
  readonly groupPrompt: (conversation: Conversation) => string;
}

/** The answer. Fails as the model fails; `progress` holds the messages it was given. */
export async function askModel(parts: AskParts, active: ActiveRun, progress: Progress): Promise<Answer> {
  const { models, compactor, choice, groupPrompt } = parts;
  const { conversation } = progress;
  const place = conversation === undefined ? "" : groupPrompt(conversation);
  try {
    return await models.call(choice.callFor(active, progress, place));
  } catch (error) {
    if (!isContextFull(error) || !(await compactor.relieve(active))) throw error;
    await reloadMessages(parts, progress);
    return models.call(choice.callFor(active, progress, place));
  }
}
