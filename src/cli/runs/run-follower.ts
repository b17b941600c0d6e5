/** Follows a run to its end on a terminal. */

import { toJson } from "@bufbuild/protobuf";
import { type Message, Message_Role, MessageSchema } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type Run, RunSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { type CreateRunResponse, CreateRunResponseSchema } from "../../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { isRunOver, type RunStep } from "../../client/follow-run.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { reportOutcome, stepToJson } from "./run-outcome.ts";
import { RunPrinter } from "./run-printer.ts";

/** A run to follow. */
export interface FollowedRun {
  readonly terminal: Terminal;
  readonly steps: AsyncIterable<RunStep>;
  /** What CreateRun said. */
  readonly accepted: CreateRunResponse;
  /** True when the user asked for its end. */
  readonly wasInterrupted: () => boolean;
}

/**
 * Prints the run as it goes; with --json, one document at the end: {run, disposition, message, messages, text}. Throws a
 * CommandFailure when the run failed or was cancelled, unless the user cancelled it.
 */
export async function followToEnd({ terminal, steps, accepted, wasInterrupted }: FollowedRun): Promise<void> {
  const printer = new RunPrinter(terminal);
  const messages: Message[] = [];
  for await (const step of steps) {
    if (step.kind === "message") messages.push(step.message);
    if (!terminal.json) printer.step(step);
    if (step.kind !== "run" || !isRunOver(step.run)) continue;
    if (terminal.json) terminal.document(documentOf(step.run, accepted, messages));
    else printer.end();
    if (!wasInterrupted()) reportOutcome(terminal, step.run);
    else if (!terminal.json) terminal.note(terminal.errorColors.dim("(stopped)"));
  }
}

/** Prints the run as it goes; with --json, one line a step. Throws a CommandFailure unless the run succeeds. */
export async function watchToEnd(terminal: Terminal, steps: AsyncIterable<RunStep>): Promise<void> {
  const printer = new RunPrinter(terminal);
  for await (const step of steps) {
    if (terminal.json) terminal.record(stepToJson(step));
    else printer.step(step);
    if (step.kind !== "run" || !isRunOver(step.run)) continue;
    printer.end();
    reportOutcome(terminal, step.run);
  }
}

function documentOf(run: Run, accepted: CreateRunResponse, messages: readonly Message[]) {
  const answers = messages.filter((message) => message.role === Message_Role.ASSISTANT);
  const parts = answers.flatMap((message) => message.parts);
  const { disposition, message } = toJson(CreateRunResponseSchema, accepted);
  const texts = parts.flatMap(({ kind }) => (kind.case === "text" ? [kind.value] : []));
  return {
    run: toJson(RunSchema, run),
    disposition,
    message,
    messages: messages.map((message) => toJson(MessageSchema, message)),
    text: texts.join("\n"),
  };
}
