/** A fake server of Google's generative language API (streamGenerateContent). */

import { type FakeModelServer, type FakeScript, startFakeModelServer } from "./fake-model-server.ts";
import { type FakeToolCall, type FakeTurn, textPieces, usageOf } from "./fake-turn.ts";

/** Starts it; without a script it answers every request at once with a short text. Malformed arguments cannot be sent. */
export function startFakeGoogle(script?: FakeScript): Promise<FakeModelServer> {
  const format = {
    basePath: "/v1beta",
    events,
    errorBody: (status: number, code: string, message: string) => ({ error: { code: status, message, status: code } }),
    errorEvent: (code: string, message: string) => data({ error: { code: null, message, status: code } }),
    garbage: 'data: {"candidates": [',
  };
  return startFakeModelServer(format, script);
}

function events(turn: FakeTurn): string[] {
  const parts: object[] = [];
  if (turn.thinking !== undefined) parts.push({ text: turn.thinking, thought: true });
  for (const text of textPieces(turn)) parts.push({ text });
  for (const call of turn.toolCalls ?? []) parts.push(functionCall(call));
  // This provider signs what follows a thought, not the thought itself.
  if (turn.signature !== undefined) parts.push({ text: "", thoughtSignature: turn.signature });
  const { input, output, cached } = usageOf(turn);
  const usageMetadata = {
    promptTokenCount: input,
    candidatesTokenCount: output,
    cachedContentTokenCount: cached,
    totalTokenCount: input + output,
  };
  const chunks: object[] = parts.map((part) => ({
    candidates: [{ index: 0, content: { role: "model", parts: [part] } }],
  }));
  const ending = {
    candidates: [{ index: 0, content: { role: "model", parts: [] }, finishReason: finishReason(turn) }],
  };
  return [...chunks, { ...ending, usageMetadata }].map(data);
}

function functionCall(call: FakeToolCall): object {
  const part = { functionCall: { id: call.id, name: call.name, args: call.input } };
  return call.signature === undefined ? part : { ...part, thoughtSignature: call.signature };
}

function finishReason(turn: FakeTurn): string {
  if (turn.stop === "length") return "MAX_TOKENS";
  return turn.stop === "filter" ? "SAFETY" : "STOP";
}

function data(value: object): string {
  return `data: ${JSON.stringify(value)}`;
}
