/** Transcripts and requests for tests of models. */

import { create, type JsonObject } from "@bufbuild/protobuf";
import {
  type Message,
  Message_Role,
  MessageSchema,
  type Part,
  PartSchema,
} from "../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Model, ModelChunk, ModelRequest, ToolSchema } from "../../src/core/agent/model.ts";
import { Failure } from "../../src/core/errors.ts";

type MessageFields = Partial<Pick<Message, "name" | "run" | "truncated">>;

/** A signal that never aborts. */
export const never = new AbortController().signal;

/** A tool with one optional text field. */
export const weatherTool: ToolSchema = {
  name: "weather",
  description: "Tells the weather of a city.",
  inputSchema: { type: "object", properties: { city: { type: "string" } } },
};

export function userMessage(text: string, fields: MessageFields = {}): Message {
  return message(Message_Role.USER, [textPart(text)], fields);
}

export function noteMessage(text: string): Message {
  return message(Message_Role.SYSTEM, [textPart(text)]);
}

export function assistantMessage(parts: Part[], fields: MessageFields = {}): Message {
  return message(Message_Role.ASSISTANT, parts, fields);
}

export function toolMessage(callId: string, text: string, failed = false): Message {
  const value = { callId, tool: weatherTool.name, text, failed };
  return message(Message_Role.TOOL, [create(PartSchema, { kind: { case: "toolResult", value } })]);
}

export function textPart(text: string, modelState?: JsonObject): Part {
  return create(PartSchema, { kind: { case: "text", value: text }, modelState });
}

export function thinkingPart(text: string, modelState?: JsonObject): Part {
  return create(PartSchema, { kind: { case: "thinking", value: text }, modelState });
}

export function toolUsePart(callId: string, input: JsonObject, modelState?: JsonObject): Part {
  const value = { callId, tool: weatherTool.name, input };
  return create(PartSchema, { kind: { case: "toolUse", value }, modelState });
}

/** A request with what is not said left at its simplest: one user message, no tools. */
export function modelRequest(fields: Partial<ModelRequest> = {}): ModelRequest {
  return { instructions: "be kind", messages: [userMessage("hello")], tools: [], ...fields };
}

/** Every chunk of one call. */
export async function collect(model: Model, request: ModelRequest, signal = never): Promise<ModelChunk[]> {
  const chunks: ModelChunk[] = [];
  for await (const chunk of model.stream(request, signal)) chunks.push(chunk);
  return chunks;
}

/** The text of the chunks of one kind, joined. */
export function joined(chunks: readonly ModelChunk[], kind: "text" | "thinking"): string {
  return chunks.map((chunk) => (chunk.kind === kind ? chunk.text : "")).join("");
}

/** The chunks of one kind. */
export function only<K extends ModelChunk["kind"]>(
  chunks: readonly ModelChunk[],
  kind: K,
): Extract<ModelChunk, { kind: K }>[] {
  return chunks.filter((chunk): chunk is Extract<ModelChunk, { kind: K }> => chunk.kind === kind);
}

/** The failure a call ends with; throws when it succeeds or throws anything else. */
export async function failureOf(model: Model, request: ModelRequest = modelRequest()): Promise<Failure> {
  try {
    await collect(model, request);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("the call succeeded");
}

/** The message a run would keep of the chunks, as core builds it. */
export function messageOf(chunks: readonly ModelChunk[]): Message {
  const parts: Part[] = [];
  let block: string | undefined;
  for (const chunk of chunks) {
    if (chunk.kind === "finish") continue;
    if (chunk.kind === "toolUse") {
      const { callId, tool, input, state } = chunk;
      const value = { callId, tool, input };
      parts.push(create(PartSchema, { kind: { case: "toolUse", value }, modelState: state }));
      block = undefined;
      continue;
    }
    if (chunk.kind !== "state" && chunk.block !== block) {
      parts.push(create(PartSchema, { kind: { case: chunk.kind, value: "" } }));
      block = chunk.block;
    }
    const part = parts.at(-1)!;
    if (chunk.kind === "state") part.modelState = chunk.state;
    else if (part.kind.case === "text" || part.kind.case === "thinking") part.kind.value += chunk.text;
  }
  return assistantMessage(parts);
}

function message(role: Message_Role, parts: Part[], fields: MessageFields = {}): Message {
  return create(MessageSchema, { role, parts, ...fields });
}
