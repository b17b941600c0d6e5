/**
 * The commands of the echo model. Each stands on a line of its own; every other line is said back as it is.
 *
 *     /tool NAME {"json": "input"}     asks for the tool; several lines ask for several tools at once
 *     /think TEXT                      thinks TEXT first
 *     /slow MS                         waits MS before each word (at most 60000)
 *     /repeat N TEXT                   says TEXT N times
 *     /fail KIND [after N words] [N times]
 *                                      fails, at once or after N words, always or only the first N times this message is
 *                                      answered; KIND is overloaded, unavailable, refused, key or context
 *
 * A line that only looks like a command ("/tool" without a name, input that is no JSON object) is text.
 */

import type { JsonObject } from "@bufbuild/protobuf";

/** How a call can be made to fail. */
export type EchoFailureKind = "overloaded" | "unavailable" | "refused" | "key" | "context";

/** A failure that was asked for. */
export interface EchoFailure {
  readonly kind: EchoFailureKind;
  /** Words said before it. */
  readonly afterWords: number;
  /** Calls that fail before one succeeds; Infinity without a number. */
  readonly times: number;
}

/** A tool call that was asked for. */
export interface EchoToolUse {
  readonly tool: string;
  readonly input: JsonObject;
}

/** What a message asks for. */
export interface EchoScript {
  readonly thinking: string;
  readonly text: string;
  readonly toolUses: readonly EchoToolUse[];
  /** Wait before each word, in ms. */
  readonly waitMs: number;
  readonly failure: EchoFailure | undefined;
}

const maxWaitMs = 60_000;
/** Longest text one /repeat makes, in UTF-16 units. */
const maxRepeatedLength = 67_108_864;

/** Reads the commands of a text. Of several /slow or /fail the last counts. */
export function parseScript(text: string): EchoScript {
  const thinking: string[] = [];
  const said: string[] = [];
  const toolUses: EchoToolUse[] = [];
  let waitMs = 0;
  let failure: EchoFailure | undefined;
  for (const line of text.split("\n")) {
    const command = line.startsWith("/") ? parseCommand(line.trim()) : undefined;
    if (!command) said.push(line);
    else if (command.name === "think") thinking.push(command.text);
    else if (command.name === "tool") toolUses.push(command.use);
    else if (command.name === "slow") waitMs = command.waitMs;
    else if (command.name === "fail") failure = command.failure;
    else said.push(command.text);
  }
  return { thinking: thinking.join("\n"), text: said.join("\n"), toolUses, waitMs, failure };
}

type Command =
  | { readonly name: "think" | "repeat"; readonly text: string }
  | { readonly name: "tool"; readonly use: EchoToolUse }
  | { readonly name: "slow"; readonly waitMs: number }
  | { readonly name: "fail"; readonly failure: EchoFailure };

function parseCommand(line: string): Command | undefined {
  const [, name, rest = ""] = /^\/(tool|think|slow|repeat|fail)\s+(.+)$/.exec(line) ?? [];
  switch (name) {
    case "think":
      return { name, text: rest };
    case "tool":
      return parseTool(rest);
    case "slow":
      return /^\d+$/.test(rest) ? { name, waitMs: Math.min(maxWaitMs, Number(rest)) } : undefined;
    case "repeat":
      return parseRepeat(rest);
    case "fail":
      return parseFail(rest);
    default:
      return undefined;
  }
}

function parseTool(rest: string): Command | undefined {
  const [, tool = "", json = "{}"] = /^(\S+)(?:\s+(.+))?$/.exec(rest) ?? [];
  try {
    const input: unknown = JSON.parse(json);
    if (typeof input !== "object" || input === null || Array.isArray(input)) return undefined;
    return { name: "tool", use: { tool, input: input as JsonObject } };
  } catch {
    // Text that only looks like a command is said back.
    return undefined;
  }
}

function parseRepeat(rest: string): Command | undefined {
  const [, count, text] = /^(\d+)\s+(.+)$/.exec(rest) ?? [];
  if (text === undefined) return undefined;
  const times = Math.min(Number(count), Math.floor(maxRepeatedLength / (text.length + 1)));
  return { name: "repeat", text: `${text} `.repeat(times).trimEnd() };
}

function parseFail(rest: string): Command | undefined {
  const pattern = /^(overloaded|unavailable|refused|key|context)(?:\s+after\s+(\d+)\s+words?)?(?:\s+(\d+)\s+times?)?$/;
  const [, kind, afterWords = "0", times = "Infinity"] = pattern.exec(rest) ?? [];
  if (kind === undefined) return undefined;
  const failure = { kind: kind as EchoFailureKind, afterWords: Number(afterWords), times: Number(times) };
  return { name: "fail", failure };
}
