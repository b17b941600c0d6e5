/**
 * From the transcript to a provider's prompt.
 *
 * What is written here once for all providers: the system prompt holds the instructions and nothing else (notes of the
 * gateway become marked user text); neighbours of one role are joined, because some templates insist on alternation; the
 * first to speak is the user; thoughts go back only to the model that had them; where no tool is offered, past tool calls
 * are told as text, because providers refuse calls of tools they were not given; and pictures stand where they were sent,
 * unless the API does not know their type.
 */

import type { Message, Part } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { Message_Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { ModelRequest } from "../../core/agent/model.ts";
import type { ModelApi } from "../model-settings.ts";
import { isStateOf, unpackState } from "./model-state.ts";
import type { SdkPrompt, SdkProviderOptions } from "./sdk-provider.ts";

/** Who reads the prompt. */
export interface PromptReader {
  /** "provider/model". */
  readonly reference: string;
  readonly api: ModelApi;
}

type SdkMessage = SdkPrompt[number];
type UserPart = Extract<SdkMessage, { role: "user" }>["content"][number];
type AssistantPart = Extract<SdkMessage, { role: "assistant" }>["content"][number];
type ToolPart = Extract<SdkMessage, { role: "tool" }>["content"][number];

/** Starts every note that did not come from the user. */
const noteMark = "[note from the gateway, not from the user] ";

/** Makes the prompt. */
export function toPrompt(request: ModelRequest, reader: PromptReader): SdkPrompt {
  const prompt = new PromptBuilder();
  const offersTools = request.tools.length > 0;
  const turnStart = request.messages.findLastIndex((message) => message.role === Message_Role.USER);
  for (const [index, message] of request.messages.entries()) {
    if (message.role === Message_Role.ASSISTANT) {
      const keepsThoughts = index > turnStart || reader.api !== "openai-completions";
      prompt.addAssistant(assistantParts(message, { reader, offersTools, keepsThoughts }));
    } else if (message.role === Message_Role.TOOL && offersTools) {
      prompt.addToolResults(toolResults(message));
    } else {
      prompt.addUser(userParts(message, request.images, reader.api));
    }
  }
  return prompt.finish(request.instructions);
}

class PromptBuilder {
  readonly #messages: SdkPrompt = [];

  addUser(parts: UserPart[]): void {
    if (parts.length === 0) return;
    const last = this.#messages.at(-1);
    if (last?.role === "user") last.content = joinTexts([...last.content, ...parts]);
    else this.#messages.push({ role: "user", content: parts });
  }

  addAssistant(parts: AssistantPart[]): void {
    if (parts.length === 0) return;
    if (this.#messages.length === 0) this.addUser([textOf(`${noteMark}earlier messages are not shown`)]);
    const last = this.#messages.at(-1);
    if (last?.role === "assistant") last.content.push(...parts);
    else this.#messages.push({ role: "assistant", content: parts });
  }

  addToolResults(parts: ToolPart[]): void {
    const last = this.#messages.at(-1);
    if (last?.role === "tool") last.content.push(...parts);
    else this.#messages.push({ role: "tool", content: parts });
  }

  finish(instructions: string): SdkPrompt {
    if (instructions === "") return this.#messages;
    return [{ role: "system", content: instructions }, ...this.#messages];
  }
}

interface AssistantContext {
  readonly reader: PromptReader;
  readonly offersTools: boolean;
  readonly keepsThoughts: boolean;
}

function assistantParts(message: Message, context: AssistantContext): AssistantPart[] {
  // A message that was cut may lack the signatures of what it holds.
  const reference = message.truncated ? "" : context.reader.reference;
  const parts: AssistantPart[] = [];
  for (const part of message.parts) {
    const providerOptions = unpackState(part.modelState, reference);
    switch (part.kind.case) {
      case "text":
        if (part.kind.value !== "" || providerOptions) {
          parts.push({ type: "text", text: part.kind.value, providerOptions });
        }
        break;
      case "thinking":
        if (
          context.keepsThoughts &&
          isStateOf(part.modelState, reference) &&
          isWhole(context.reader, providerOptions)
        ) {
          parts.push({ type: "reasoning", text: part.kind.value, providerOptions });
        }
        break;
      case "toolUse": {
        const { callId: toolCallId, tool: toolName, input = {} } = part.kind.value;
        if (context.offersTools) parts.push({ type: "tool-call", toolCallId, toolName, input, providerOptions });
        else parts.push({ type: "text", text: `[called the tool ${toolName} with ${JSON.stringify(input)}]` });
        break;
      }
    }
  }
  return parts;
}

/** Nothing is stored at the provider, so its thoughts must carry themselves; an id alone would be refused. */
function isWhole(reader: PromptReader, options: SdkProviderOptions | undefined): boolean {
  return reader.api !== "openai-responses" || typeof options?.openai?.reasoningEncryptedContent === "string";
}

function toolResults(message: Message): ToolPart[] {
  return message.parts.flatMap((part): ToolPart[] => {
    if (part.kind.case !== "toolResult") return [];
    const { callId: toolCallId, tool: toolName, failed, text } = part.kind.value;
    const output = failed
      ? { type: "error-text" as const, value: text || "failed without saying why" }
      : { type: "text" as const, value: text || "(no output)" };
    return [{ type: "tool-result", toolCallId, toolName, output }];
  });
}

/** Types of pictures an API refuses, although the others take them. */
const unknownTypes: Partial<Record<ModelApi, readonly string[]>> = { "google-generative-ai": ["image/gif"] };

function userParts(message: Message, images: ModelRequest["images"], api: ModelApi): UserPart[] {
  const parts = message.parts.flatMap((part): UserPart[] => {
    if (part.kind.case !== "attachment") return [textOf(partText(part))];
    const image = images?.get(part.kind.value.blob);
    if (image === undefined || unknownTypes[api]?.includes(image.mediaType)) return [];
    return [{ type: "file", mediaType: image.mediaType, data: { type: "data", data: image.bytes } }];
  });
  const joined = joinTexts(parts);
  const [first] = joined;
  if (message.role === Message_Role.SYSTEM && first?.type === "text") first.text = noteMark + first.text;
  return joined;
}

/** Texts that stand together become one; empty ones are left out. */
function joinTexts(parts: readonly UserPart[]): UserPart[] {
  const joined: UserPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.type !== "text") joined.push(part);
    else if (part.text === "") continue;
    else if (last?.type === "text") last.text += `\n\n${part.text}`;
    else joined.push(part);
  }
  return joined;
}

function textOf(text: string): UserPart {
  return { type: "text", text };
}

function partText(part: Part): string {
  if (part.kind.case === "text") return part.kind.value;
  if (part.kind.case !== "toolResult") return "";
  const { tool, failed, text } = part.kind.value;
  return `[the tool ${tool} ${failed ? "failed" : "answered"}: ${text}]`;
}
