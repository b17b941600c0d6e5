/** What the gateway adds to answers in its own words. */

import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import type { Run } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";

const failures: Readonly<Partial<Record<ErrorReason, string>>> = {
  [ErrorReason.RUN_TIMEOUT]: "that took too long",
  [ErrorReason.LEASE_EXPIRED]: "that took too long",
  [ErrorReason.RUN_INTERRUPTED]: "the gateway was restarted meanwhile",
  [ErrorReason.TOO_MANY_STEPS]: "that took more steps than an agent may take",
  [ErrorReason.MODEL_UNAVAILABLE]: "the model could not be reached",
  [ErrorReason.MODEL_OVERLOADED]: "the model is overloaded right now",
  [ErrorReason.MODEL_UNUSABLE]: "no model is set up that can be used",
  [ErrorReason.MODEL_KEY_REFUSED]: "the model's provider refused the key",
  [ErrorReason.MODEL_REFUSED]: "the model refused to answer",
  [ErrorReason.CONTEXT_FULL]: "this conversation has become too long; /compact sums it up, /new begins a new one",
};

/** Tells a sender that a run failed: short, and nothing of what only the operator should read. */
export function failureText(run: Run): string {
  const why = run.error === undefined ? "a tool failed" : failures[run.error.reason];
  return `⚠️ No answer: ${why ?? "something went wrong"}.`;
}

/** What stands under an answer: "tokens", or with the model "full"; empty for "off". */
export function usageLine(run: Run, wanted: string | undefined): string {
  if (wanted !== "tokens" && wanted !== "full") return "";
  const { inputTokens = 0n, outputTokens = 0n } = run.usage ?? {};
  const tokens = `${inputTokens} tokens in, ${outputTokens} out`;
  return wanted === "full" ? `[${tokens}, ${run.model}]` : `[${tokens}]`;
}
