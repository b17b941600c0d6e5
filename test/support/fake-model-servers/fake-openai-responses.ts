/** A fake server of OpenAI's responses API. */

import { type FakeModelServer, type FakeScript, startFakeModelServer } from "./fake-model-server.ts";
import { argumentsOf, type FakeTurn, textPieces, usageOf } from "./fake-turn.ts";

/** Starts it; without a script it answers every request at once with a short text. */
export function startFakeOpenAiResponses(script?: FakeScript): Promise<FakeModelServer> {
  const format = {
    basePath: "/v1",
    events,
    errorBody: (_status: number, code: string, message: string) => ({ error: { message, type: code, code } }),
    errorEvent: (code: string, message: string) =>
      event({ type: "error", sequence_number: 99, code, message, param: null }),
    garbage: 'event: response.output_text.delta\ndata: {"type": "resp',
  };
  return startFakeModelServer(format, script);
}

function events(turn: FakeTurn): string[] {
  const output: object[] = [];
  const list: object[] = [
    { type: "response.created", response: { ...response, status: "in_progress" } },
    { type: "response.in_progress", response: { ...response, status: "in_progress" } },
  ];
  if (turn.thinking !== undefined || turn.signature !== undefined) list.push(...reasoning(turn, output));
  if (turn.text !== undefined) list.push(...message(turn, output));
  for (const call of turn.toolCalls ?? []) list.push(...functionCall(call.id, call.name, argumentsOf(call), output));
  list.push(ending(turn, output));
  return list.map((value, index) => event({ ...value, sequence_number: index }));
}

const response = { id: "resp_fake", object: "response", created_at: 1_700_000_000, model: "fake" };

function reasoning(turn: FakeTurn, output: object[]): object[] {
  const item_id = `rs_${output.length}`;
  const output_index = output.length;
  const summary = turn.thinking === undefined ? [] : [{ type: "summary_text", text: turn.thinking }];
  const item = { type: "reasoning", id: item_id, summary: [], encrypted_content: null };
  const done = { ...item, summary, encrypted_content: turn.signature ?? null };
  output.push(done);
  const place = { item_id, output_index, summary_index: 0 };
  const thought = [
    { type: "response.reasoning_summary_part.added", ...place, part: { type: "summary_text", text: "" } },
    { type: "response.reasoning_summary_text.delta", ...place, delta: turn.thinking },
    { type: "response.reasoning_summary_part.done", ...place, part: summary[0] },
  ];
  return [
    { type: "response.output_item.added", output_index, item },
    ...(turn.thinking === undefined ? [] : thought),
    { type: "response.output_item.done", output_index, item: done },
  ];
}

function message(turn: FakeTurn, output: object[]): object[] {
  const item_id = `msg_${output.length}`;
  const output_index = output.length;
  const text = textPieces(turn).join("");
  const item = { type: "message", id: item_id, role: "assistant", status: "in_progress", content: [] };
  const content = [{ type: "output_text", text, annotations: [] }];
  const done = { ...item, status: "completed", content };
  output.push(done);
  const place = { item_id, output_index, content_index: 0 };
  return [
    { type: "response.output_item.added", output_index, item },
    ...textPieces(turn).map((delta) => ({ type: "response.output_text.delta", ...place, delta })),
    { type: "response.output_item.done", output_index, item: done },
  ];
}

function functionCall(call_id: string, name: string, json: string, output: object[]): object[] {
  const item_id = `fc_${output.length}`;
  const output_index = output.length;
  const item = { type: "function_call", id: item_id, call_id, name, arguments: "", status: "in_progress" };
  const done = { ...item, arguments: json, status: "completed" };
  output.push(done);
  return [
    { type: "response.output_item.added", output_index, item },
    { type: "response.function_call_arguments.delta", item_id, output_index, delta: json },
    { type: "response.function_call_arguments.done", item_id, output_index, arguments: json },
    { type: "response.output_item.done", output_index, item: done },
  ];
}

function ending(turn: FakeTurn, output: object[]): object {
  const { input, output: written, cached } = usageOf(turn);
  const usage = {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: written,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + written,
  };
  if (turn.stop === undefined || turn.stop === "end") {
    return { type: "response.completed", response: { ...response, status: "completed", output, usage } };
  }
  const reason = turn.stop === "length" ? "max_output_tokens" : "content_filter";
  const incomplete = { ...response, status: "incomplete", incomplete_details: { reason }, output, usage };
  return { type: "response.incomplete", response: incomplete };
}

function event(value: object): string {
  const { type } = value as { type: string };
  return `event: ${type}\ndata: ${JSON.stringify(value)}`;
}
