/** A fake server of Anthropic's messages API. */

import { type FakeModelServer, type FakeScript, startFakeModelServer } from "./fake-model-server.ts";
import { argumentsOf, type FakeTurn, textPieces, usageOf } from "./fake-turn.ts";

/** Starts it; without a script it answers every request at once with a short text. */
export function startFakeAnthropic(script?: FakeScript): Promise<FakeModelServer> {
  const errorBody = (code: string, message: string) => ({ type: "error", error: { type: code, message } });
  const format = {
    basePath: "/v1",
    events,
    errorBody: (_status: number, code: string, message: string) => errorBody(code, message),
    errorEvent: (code: string, message: string) => event(errorBody(code, message)),
    garbage: 'event: content_block_delta\ndata: {"type": "content_bl',
  };
  return startFakeModelServer(format, script);
}

function events(turn: FakeTurn): string[] {
  const { input, output, cached } = usageOf(turn);
  const usage = { input_tokens: input - cached, cache_read_input_tokens: cached, cache_creation_input_tokens: 0 };
  const message = { id: "msg_fake", type: "message", role: "assistant", model: "fake", content: [], stop_reason: null };
  const blocks = contentBlocks(turn).flatMap(({ start, deltas }, index) => [
    { type: "content_block_start", index, content_block: start },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ]);
  const list = [
    { type: "message_start", message: { ...message, usage: { ...usage, output_tokens: 1 } } },
    { type: "ping" },
    ...blocks,
    {
      type: "message_delta",
      delta: { stop_reason: stopReason(turn), stop_sequence: null },
      usage: { output_tokens: output },
    },
    { type: "message_stop" },
  ];
  return list.map(event);
}

interface Block {
  readonly start: object;
  readonly deltas: readonly object[];
}

function contentBlocks(turn: FakeTurn): Block[] {
  const blocks: Block[] = [];
  if (turn.redactedThinking !== undefined) {
    blocks.push({ start: { type: "redacted_thinking", data: turn.redactedThinking }, deltas: [] });
  }
  if (turn.thinking !== undefined) {
    const thought = { type: "thinking_delta", thinking: turn.thinking };
    const signature = { type: "signature_delta", signature: turn.signature ?? "" };
    blocks.push({ start: { type: "thinking", thinking: "", signature: "" }, deltas: [thought, signature] });
  }
  if (turn.text !== undefined) {
    const deltas = textPieces(turn).map((text) => ({ type: "text_delta", text }));
    blocks.push({ start: { type: "text", text: "" }, deltas });
  }
  for (const call of turn.toolCalls ?? []) {
    const json = argumentsOf(call);
    const pieces = [json.slice(0, 3), json.slice(3)].map((piece) => ({
      type: "input_json_delta",
      partial_json: piece,
    }));
    blocks.push({ start: { type: "tool_use", id: call.id, name: call.name, input: {} }, deltas: pieces });
  }
  return blocks;
}

function stopReason(turn: FakeTurn): string {
  if (turn.stop === "length") return "max_tokens";
  if (turn.stop === "filter") return "refusal";
  return turn.toolCalls ? "tool_use" : "end_turn";
}

function event(value: object): string {
  const { type } = value as { type: string };
  return `event: ${type}\ndata: ${JSON.stringify(value)}`;
}
