/** Whether a compaction is to follow an answer. */

import type { Message } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Answer } from "../../agent/model-answer.ts";
import { gatewayActor } from "../../changes.ts";
import type { AgentSettings, CompactionSettings } from "../../core-settings.ts";
import type { Recorder } from "../../recorder.ts";
import { chooseCut, estimateTokens, keptIn } from "./choose-cut.ts";
import { orderCompaction } from "./order-compaction.ts";
import { isSummary } from "./summary-message.ts";

/** Which part of what a model reads may be filled before a transcript is compacted by itself. */
const fullShare = 0.8;

/** Something that is done in the transaction that ends a run, before the session's next run starts. */
export type AfterRun = (recorder: Recorder, session: string) => Promise<unknown>;

/** The settings that decide. */
export interface OrderSettings {
  readonly agent: AgentSettings;
  readonly compaction: CompactionSettings;
}

/**
 * The order, when the model that answered has read about as much as it can, or there is more than it was given. Undefined when
 * there is no need, or nothing to gain. `messages` are those that were there before the answer.
 */
export function orderAfter(
  { agent, compaction }: OrderSettings,
  { usage, contextTokens }: Answer,
  messages: readonly Message[],
): AfterRun | undefined {
  if (!compaction.enabled) return undefined;
  const windowTokens = contextTokens || agent.contextTokens;
  const read = Number(usage.inputTokens + usage.outputTokens);
  if (Math.max(read, estimateTokens(messages)) < windowTokens * fullShare) return undefined;
  const spoken = messages.filter((message) => !isSummary(message));
  if (chooseCut(spoken, keptIn(compaction, windowTokens, true)) === 0) return undefined;
  const order = { instructions: "", automatic: true, creator: gatewayActor, settings: compaction };
  return (recorder, session) => orderCompaction(recorder, session, order);
}
