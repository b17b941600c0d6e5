/**
 * A model that says back what it was told: no key, no network, the same answer every time. For trying the gateway out, and
 * for its tests.
 *
 * It answers the user's messages of this run since it last spoke, word by word; results of tools it asked for are answered
 * with their text. Several are joined by an empty line. Of files it says the names and sizes. Commands inside a message make it think, call tools, be slow, fail or
 * be long: see echo-script.ts. Asked for a summary, it says the beginning of every line that was said.
 *
 * Usage: one token for every four UTF-16 units of a text, rounded up; the input is the instructions and every part of every
 * message.
 */

import { setImmediate } from "node:timers/promises";
import type { Message, Part } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { Message_Role } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_StopReason } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { said as partsSaid } from "../core/agent/channel-text.ts";
import type { Model, ModelChunk, ModelRequest } from "../core/agent/model.ts";
import type { Failure } from "../core/errors.ts";
import {
  contextFull,
  modelKeyRefused,
  modelOverloaded,
  modelRefused,
  modelUnavailable,
} from "../core/run/run-failure.ts";
import { NewestMap } from "../lib/newest-map.ts";
import { sleep } from "../lib/sleep.ts";
import { type EchoFailure, type EchoFailureKind, type EchoScript, parseScript } from "./echo-script.ts";

const unitsPerToken = 4;
/** Words said before others get their turn. */
const wordsPerTurn = 256;
/** Lines of a summary, and their length in UTF-16 units. */
const maxSummaryLines = 100;
const maxSummaryLine = 80;
/** Messages whose failures are counted. */
const maxCounted = 1_000;

/** Implements the model port as "echo/echo". */
export class EchoModel implements Model {
  readonly reference = "echo/echo";
  readonly contextTokens = 1_000_000;
  readonly takesImages = false;
  readonly local = true;
  /** Times a message with a counted /fail was answered, by message name. */
  readonly #failures = new NewestMap<string, number>(maxCounted);

  async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelChunk> {
    signal.throwIfAborted();
    const script =
      request.task === "summary" ? summaryScript(request.messages) : parseScript(textToAnswer(request.messages));
    const failure = this.#dueFailure(script.failure, request.messages);
    const maxUnits = (request.maxOutputTokens ?? Number.POSITIVE_INFINITY) * unitsPerToken;
    let units = 0;
    if (script.thinking !== "") {
      yield { kind: "thinking", block: "thinking", text: script.thinking };
      units += script.thinking.length;
    }
    for await (const word of saidWords(script, failure, signal)) {
      units += word.length;
      if (units > maxUnits) {
        yield finish(Run_StopReason.MAX_TOKENS, request, request.maxOutputTokens ?? 0);
        return;
      }
      yield { kind: "text", block: "text", text: word };
    }
    for (const chunk of toolUses(script, request.messages)) yield chunk;
    yield finish(Run_StopReason.END, request, tokens(units));
  }

  #dueFailure(failure: EchoFailure | undefined, messages: readonly Message[]): EchoFailure | undefined {
    if (!failure || failure.times === Number.POSITIVE_INFINITY) return failure;
    const name = messages.findLast(isUser)?.name ?? "";
    const before = this.#failures.get(name) ?? 0;
    if (before >= failure.times) return undefined;
    this.#failures.set(name, before + 1);
    return failure;
  }
}

/** The words of the answer, up to the failure. */
async function* saidWords(
  script: EchoScript,
  failure: EchoFailure | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let count = 0;
  for (const word of words(script.text)) {
    if (failure && count >= failure.afterWords) throw failures[failure.kind]();
    if (script.waitMs > 0) await sleep(script.waitMs, signal);
    else if (count % wordsPerTurn === wordsPerTurn - 1) await setImmediate();
    signal.throwIfAborted();
    yield word;
    count += 1;
  }
  if (failure) throw failures[failure.kind]();
}

/** Each word with the white space after it; joined they are the text. Very long words come in pieces, between characters. */
function* words(text: string): Generator<string> {
  for (const [word] of text.matchAll(/\S{1,1024}\s*|\s+/gu)) yield word;
}

/** A summary is the beginning of every line of the transcript; commands in it are text like any other. */
function summaryScript(messages: readonly Message[]): EchoScript {
  const lines = messages.flatMap(({ parts }) => parts.map(partText).join("\n").split("\n"));
  const said = lines.filter((line) => /^(?: {2}\S|[a-z]+:$)/.test(line)).map((line) => line.trim());
  const text = said.slice(-maxSummaryLines).map((line) => line.slice(0, maxSummaryLine).toWellFormed());
  return { thinking: "", text: text.join("\n"), toolUses: [], waitMs: 0, failure: undefined };
}

/** Commands count only in what this run was asked: an earlier run that failed must not make this one fail. */
function textToAnswer(messages: readonly Message[]): string {
  const spoken = messages.findLastIndex((message) => message.role === Message_Role.ASSISTANT);
  const latest = messages.slice(spoken + 1);
  const run = latest.findLast(isUser)?.run;
  const said = latest.filter(
    (message) => message.role === Message_Role.TOOL || (isUser(message) && message.run === run),
  );
  return said.map((message) => partsSaid(message).map(partText).join("\n\n")).join("\n\n");
}

function isUser(message: Message): boolean {
  return message.role === Message_Role.USER;
}

function* toolUses(script: EchoScript, messages: readonly Message[]): Generator<ModelChunk> {
  const isToolUse = (part: Part): boolean => part.kind.case === "toolUse";
  let count = messages.reduce((sum, message) => sum + message.parts.filter(isToolUse).length, 0);
  for (const { tool, input } of script.toolUses) {
    count += 1;
    yield { kind: "toolUse", callId: `echo-${count}`, tool, input };
  }
}

const failures: Readonly<Record<EchoFailureKind, () => Failure>> = {
  overloaded: () => modelOverloaded(asked),
  unavailable: () => modelUnavailable(asked),
  refused: () => modelRefused(asked),
  key: () => modelKeyRefused(asked),
  context: () => contextFull(asked),
};

const asked = { model: "echo/echo", detail: "the message asked for this failure" };

function finish(stopReason: Run_StopReason, request: ModelRequest, outputTokens: number): ModelChunk {
  const texts = request.messages.flatMap((message) => message.parts.map(partText));
  const inputTokens = texts.reduce((sum, text) => sum + tokens(text.length), tokens(request.instructions.length));
  const usage = { inputTokens: BigInt(inputTokens), outputTokens: BigInt(outputTokens), cachedTokens: 0n };
  return { kind: "finish", stopReason, usage };
}

function tokens(units: number): number {
  return Math.ceil(units / unitsPerToken);
}

function partText(part: Part): string {
  switch (part.kind.case) {
    case "text":
    case "thinking":
      return part.kind.value;
    case "toolUse":
      return JSON.stringify(part.kind.value.input ?? {});
    case "toolResult":
      return part.kind.value.text;
    default:
      return "";
  }
}
