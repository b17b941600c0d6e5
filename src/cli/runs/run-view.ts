/** Runs as people read them. */

import { ErrorReasonSchema } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import {
  type Run,
  Run_State,
  Run_StateSchema,
  Run_StopReason,
  Run_TriggerSchema,
} from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { lastPart, sessionPart } from "../link/names.ts";
import { enumWord } from "../terminal/enum-word.ts";
import { ago, exactly, grouped, unixMs } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { type Column, writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Columns of a list of runs. */
export function runColumns(terminal: Terminal, nowMs: number): Column<Run>[] {
  const { cyan } = terminal.colors;
  return [
    { title: "run", cell: (run) => lastPart(run.name), paint: cyan },
    { title: "session", cell: (run) => sessionPart(run.name), shrinks: true },
    { title: "state", cell: stateWord, paint: (cell, run) => paintState(terminal, run, cell) },
    { title: "model", cell: (run) => plainLine(run.model), shrinks: true },
    { title: "tokens", cell: tokens, right: true },
    { title: "took", cell: (run) => duration(run, nowMs), right: true },
    { title: "accepted", cell: (run) => ago(run.createTime, nowMs) },
    { title: "error", cell: (run) => plainLine(run.error?.message ?? ""), shrinks: true },
  ];
}

/** Writes everything about one run. */
export function writeRun(terminal: Terminal, run: Run, nowMs: number): void {
  const { usage } = run;
  writePairs(terminal, [
    ["name", run.name],
    ["state", paintState(terminal, run, stateWord(run))],
    ["error", run.error && plainLine(run.error.message)],
    ["reason", runErrorReason(run)],
    ["stopped", stopWord(run)],
    ["model", plainLine(run.model)],
    ["asked by", [run.creator, enumWord(Run_TriggerSchema, run.trigger)].filter(Boolean).join(", ")],
    ["because of", run.cause],
    ["agent", lastPart(run.agent)],
    ["tokens in", usage?.inputTokens ? grouped(usage.inputTokens) : undefined],
    ["tokens out", usage?.outputTokens ? grouped(usage.outputTokens) : undefined],
    ["cached", usage?.cachedTokens ? grouped(usage.cachedTokens) : undefined],
    ["accepted", ago(run.createTime, nowMs)],
    ["took", duration(run, nowMs)],
    ["attempts", run.attempt > 1 ? String(run.attempt) : undefined],
    ["inputs", run.inputs.map(lastPart).join(" ")],
    ["outputs", run.outputs.map(lastPart).join(" ")],
  ]);
}

/** Reason of a failed run, "MODEL_UNUSABLE"; undefined when it has none. */
export function runErrorReason(run: Run): string | undefined {
  return run.error?.reason ? ErrorReasonSchema.value[run.error.reason]?.localName : undefined;
}

/** "running", "succeeded", … */
export function stateWord(run: Run): string {
  return enumWord(Run_StateSchema, run.state);
}

/** Why a run that succeeded did not say more; undefined when it said all. */
export function stopWord(run: Run): string | undefined {
  if (run.stopReason === Run_StopReason.MAX_TOKENS) return "the answer is cut: it reached the most tokens it may take";
  return run.stopReason === Run_StopReason.FILTERED ? "the provider's filter cut the answer" : undefined;
}

function paintState(terminal: Terminal, run: Run, text: string): string {
  const { green, red, yellow } = terminal.colors;
  if (run.state === Run_State.SUCCEEDED) return green(text);
  return run.state === Run_State.FAILED ? red(text) : yellow(text);
}

function tokens({ usage }: Run): string {
  const sum = (usage?.inputTokens ?? 0n) + (usage?.outputTokens ?? 0n);
  return sum === 0n ? "" : grouped(sum);
}

function duration(run: Run, nowMs: number): string {
  if (run.startTime === undefined) return "";
  const endMs = run.endTime === undefined ? nowMs : unixMs(run.endTime);
  return exactly(endMs - unixMs(run.startTime));
}
