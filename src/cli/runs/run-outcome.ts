/** How a run ended, as a command line tells it. */

import { type JsonValue, toJson } from "@bufbuild/protobuf";
import { MessageSchema } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Run, Run_State, RunSchema, ToolCallSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { RunStep } from "../../client/follow-run.ts";
import { CommandFailure } from "../failure-view.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { runErrorReason, stopWord } from "./run-view.ts";

/** One step in JSON: {run}, {toolCall}, {message}, or {append | replace: {block, channel, text}}. */
export function stepToJson(step: RunStep): JsonValue {
  switch (step.kind) {
    case "run":
      return { run: toJson(RunSchema, step.run) as JsonValue };
    case "toolCall":
      return { toolCall: toJson(ToolCallSchema, step.toolCall) as JsonValue };
    case "message":
      return { message: toJson(MessageSchema, step.message) as JsonValue };
    default: {
      const { kind, block, channel, text } = step;
      return { [kind]: { block, channel: ["", "TEXT", "THINKING", "TOOL_OUTPUT"][channel] ?? "", text } };
    }
  }
}

/** Says what has to be said about a run that is over. Throws a CommandFailure unless it succeeded. */
export function reportOutcome(terminal: Terminal, run: Run): void {
  if (run.state === Run_State.SUCCEEDED) {
    const cut = stopWord(run);
    if (cut && !terminal.json) terminal.note(terminal.errorColors.dim(`(${cut})`));
    return;
  }
  const reason = runErrorReason(run);
  const message = run.error?.message || "no reason was given";
  const next = reason === "MODEL_UNUSABLE" || reason === "MODEL_KEY_REFUSED" ? "see: openclaw models list" : undefined;
  const what = run.state === Run_State.CANCELLED ? "the run was cancelled" : "the run failed";
  throw new CommandFailure(`${what}: ${message}`, next, { reason, run: run.name });
}
