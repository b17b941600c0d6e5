/** How a run ended, as a command line tells it. */

import { createRegistry, type JsonValue, type Registry, toJson } from "@bufbuild/protobuf";
import { file_google_rpc_error_details } from "../../../gen/google/rpc/error_details_pb.ts";
import type { RunJson } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { MessageSchema, type Run, RunSchema, type RunStep, ToolCallSchema } from "../../client/gateway-client.ts";
import { CommandFailure } from "../failure-view.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { runErrorReason, stopWord } from "./run-view.ts";

/** How messages become JSON; the registry holds what may stand in a google.protobuf.Any: the details of errors. */
export const jsonOptions: { readonly registry: Registry; readonly enumAsInteger: false } = {
  registry: createRegistry(file_google_rpc_error_details),
  enumAsInteger: false,
};

/** The run in JSON, as the gateway's JSON API gives it. */
export function runToJson(run: Run): RunJson {
  return toJson(RunSchema, run, jsonOptions);
}

/** One step in JSON: {run}, {toolCall}, {message}, or {append | replace: {block, channel, text}}. */
export function stepToJson(step: RunStep): JsonValue {
  switch (step.kind) {
    case "run":
      return { run: toJson(RunSchema, step.run, jsonOptions) as JsonValue };
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
export function reportOutcome(terminal: Terminal, run: RunJson): void {
  if (run.state === "STATE_SUCCEEDED") {
    const cut = stopWord(run);
    if (cut && !terminal.json) terminal.note(terminal.errorColors.dim(`(${cut})`));
    return;
  }
  const reason = runErrorReason(run);
  const message = run.error?.message ?? "no reason was given";
  const next = reason === "MODEL_UNUSABLE" || reason === "MODEL_KEY_REFUSED" ? "see: openclaw models list" : undefined;
  const what = run.state === "STATE_CANCELLED" ? "the run was cancelled" : "the run failed";
  throw new CommandFailure(`${what}: ${message}`, next, { reason, run: run.name });
}
