/** A fake server of OpenAI's chat completions API, which most other servers speak as well. */

import { type FakeModelServer, type FakeScript, startFakeModelServer } from "./fake-model-server.ts";
import { argumentsOf, type FakeTurn, textPieces, usageOf } from "./fake-turn.ts";

/** Starts it; without a script it answers every request at once with a short text. */
export function startFakeOpenAi(script?: FakeScript): Promise<FakeModelServer> {
  const format = {
    basePath: "/v1",
    events,
    errorBody: (_status: number, code: string, message: string) => ({ error: { message, type: code, code } }),
    errorEvent: (code: string, message: string) => data({ error: { message, type: code, code } }),
    garbage: 'data: {"choices": [',
  };
  return startFakeModelServer(format, script);
}

function events(turn: FakeTurn): string[] {
  const deltas: object[] = [{ role: "assistant", content: "" }];
  if (turn.thinking !== undefined) deltas.push({ reasoning_content: turn.thinking });
  for (const content of textPieces(turn)) deltas.push({ content });
  for (const [index, call] of (turn.toolCalls ?? []).entries()) {
    const json = argumentsOf(call);
    const half = Math.floor(json.length / 2);
    const head = {
      index,
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: json.slice(0, half) },
    };
    deltas.push({ tool_calls: [head] }, { tool_calls: [{ index, function: { arguments: json.slice(half) } }] });
  }
  const usage = usageOf(turn);
  const ending = chunk({}, finishReason(turn));
  const usageChunk = {
    ...head,
    choices: [],
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cached },
    },
  };
  return [...deltas.map((delta) => data(chunk(delta, null))), data(ending), data(usageChunk), "data: [DONE]"];
}

const head = { id: "chatcmpl-fake", object: "chat.completion.chunk", created: 1_700_000_000, model: "fake" };

function chunk(delta: object, finish: string | null): object {
  return { ...head, choices: [{ index: 0, delta, finish_reason: finish }] };
}

function finishReason(turn: FakeTurn): string {
  if (turn.stop === "length") return "length";
  if (turn.stop === "filter") return "content_filter";
  return turn.toolCalls ? "tool_calls" : "stop";
}

function data(value: object): string {
  return `data: ${JSON.stringify(value)}`;
}
