/** Runs as people read them. */

import type { RunJson } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { lastPart, sessionPart } from "../link/names.ts";
import { ago, exactly, grouped } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { type Column, writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Columns of a list of runs. */
export function runColumns(terminal: Terminal, nowMs: number): Column<RunJson>[] {
  const { cyan } = terminal.colors;
  return [
    { title: "run", cell: (run) => lastPart(run.name), paint: cyan },
    { title: "session", cell: (run) => sessionPart(run.name), shrinks: true },
    { title: "state", cell: stateWord, paint: (cell, run) => paintState(terminal, run, cell) },
    { title: "model", cell: (run) => run.model ?? "", shrinks: true },
    { title: "tokens", cell: tokens, right: true },
    { title: "took", cell: (run) => duration(run, nowMs), right: true },
    { title: "accepted", cell: (run) => ago(run.createTime, nowMs) },
    { title: "error", cell: (run) => plainLine(run.error?.message ?? ""), shrinks: true },
  ];
}

/** Writes everything about one run. */
export function writeRun(terminal: Terminal, run: RunJson, nowMs: number): void {
  const { usage = {} } = run;
  writePairs(terminal, [
    ["name", run.name],
    ["state", paintState(terminal, run, stateWord(run))],
    ["error", run.error && plainLine(run.error.message ?? "")],
    ["reason", runErrorReason(run)],
    ["stopped", stopWord(run)],
    ["model", run.model],
    ["asked by", [run.creator, enumWord(run.trigger, "TRIGGER_")].filter(Boolean).join(", ")],
    ["because of", run.cause],
    ["agent", lastPart(run.agent)],
    ["tokens in", usage.inputTokens && grouped(usage.inputTokens)],
    ["tokens out", usage.outputTokens && grouped(usage.outputTokens)],
    ["cached", usage.cachedTokens && grouped(usage.cachedTokens)],
    ["accepted", ago(run.createTime, nowMs)],
    ["took", duration(run, nowMs)],
    ["attempts", (run.attempt ?? 0) > 1 ? String(run.attempt) : undefined],
    ["inputs", (run.inputs ?? []).map(lastPart).join(" ")],
    ["outputs", (run.outputs ?? []).map(lastPart).join(" ")],
  ]);
}

/** Reason of a failed run, "MODEL_UNUSABLE"; undefined when it has none. */
export function runErrorReason(run: RunJson): string | undefined {
  return run.error?.reason?.replace("ERROR_REASON_", "");
}

/** "running", "succeeded", … */
export function stateWord(run: RunJson): string {
  return enumWord(run.state, "STATE_");
}

/** Why a run that succeeded did not say more; undefined when it said all. */
export function stopWord(run: RunJson): string | undefined {
  if (run.stopReason === "STOP_REASON_MAX_TOKENS") return "the answer is cut: it reached the most tokens it may take";
  return run.stopReason === "STOP_REASON_FILTERED" ? "the provider's filter cut the answer" : undefined;
}

function enumWord(value: string | null | undefined, prefix: string): string {
  return (value ?? "").replace(prefix, "").replaceAll("_", " ").toLowerCase();
}

function paintState(terminal: Terminal, run: RunJson, text: string): string {
  const { green, red, yellow } = terminal.colors;
  if (run.state === "STATE_SUCCEEDED") return green(text);
  return run.state === "STATE_FAILED" ? red(text) : yellow(text);
}

function tokens({ usage }: RunJson): string {
  const sum = Number(usage?.inputTokens ?? 0) + Number(usage?.outputTokens ?? 0);
  return sum === 0 ? "" : grouped(sum);
}

function duration(run: RunJson, nowMs: number): string {
  if (run.startTime === undefined) return "";
  const endMs = run.endTime === undefined ? nowMs : Date.parse(run.endTime);
  return exactly(endMs - Date.parse(run.startTime));
}
