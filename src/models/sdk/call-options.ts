/** From a request to the options of one provider call: prompt, tools, thinking, limits. */

import { Message_Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { ModelRequest, Thinking } from "../../core/agent/model.ts";
import { isStateOf } from "./model-state.ts";
import { type PromptReader, toPrompt } from "./prompt.ts";
import type { SdkCallOptions, SdkPrompt, SdkProviderOptions } from "./sdk-provider.ts";

/** The model that is called. */
export interface CalledModel extends PromptReader {
  /** What `reasoning_effort` is called when thinking is off; undefined leaves it out. */
  readonly thinkingOff: string | undefined;
  /** Used when the request sets no limit. */
  readonly maxOutputTokens: number | undefined;
}

type SdkReasoning = SdkCallOptions["reasoning"];

/** Makes the options; the caller adds its signal. */
export function toCallOptions(request: ModelRequest, model: CalledModel): SdkCallOptions {
  const thinking = mayThink(request, model) ? request.thinking : "off";
  const prompt = toPrompt(request, model);
  if (model.api === "anthropic-messages") markForCache(prompt);
  const effort = compatibleEffort(thinking, model);
  return {
    prompt,
    tools: request.tools.length > 0 ? toSdkTools(request, model) : undefined,
    maxOutputTokens: request.maxOutputTokens ?? model.maxOutputTokens,
    reasoning: model.api === "openai-completions" ? undefined : toReasoning(thinking),
    providerOptions: providerOptions(model, thinking, effort),
  };
}

function toSdkTools(request: ModelRequest, model: CalledModel): SdkCallOptions["tools"] {
  // That API is strict unless told otherwise, and strict refuses schemas with optional properties.
  const strict = model.api === "openai-responses" ? false : undefined;
  return request.tools.map(({ name, description, inputSchema }) => {
    return { type: "function", name, description, inputSchema, strict };
  });
}

function toReasoning(thinking: Thinking | undefined): SdkReasoning {
  return thinking === "off" ? "none" : thinking;
}

/** What servers of the completions API take: few know "minimal", and "off" only where the provider says how. */
function compatibleEffort(thinking: Thinking | undefined, model: CalledModel): string | undefined {
  if (thinking === "off") return model.thinkingOff;
  return thinking === "minimal" ? "low" : thinking;
}

function providerOptions(
  model: CalledModel,
  thinking: Thinking | undefined,
  effort: string | undefined,
): SdkProviderOptions {
  const thinks = thinking !== undefined && thinking !== "off";
  switch (model.api) {
    case "openai-completions":
      return effort === undefined ? {} : { compatible: { reasoningEffort: effort } };
    case "openai-responses":
      return { openai: thinks ? { store: false, reasoningSummary: "auto" } : { store: false } };
    case "anthropic-messages":
      // Inputs of tools are wanted whole and valid, not early.
      return { anthropic: { toolStreaming: false } };
    case "google-generative-ai":
      return thinks ? { google: { thinkingConfig: { includeThoughts: true } } } : {};
  }
}

/**
 * False in the middle of a turn that another model began: Anthropic refuses to think on when the calls whose results it
 * reads do not begin with a thought of its own.
 */
function mayThink(request: ModelRequest, model: CalledModel): boolean {
  if (model.api !== "anthropic-messages" || request.messages.at(-1)?.role !== Message_Role.TOOL) return true;
  const calls = request.messages.findLast((message) => message.role === Message_Role.ASSISTANT)?.parts ?? [];
  return calls.every((part) => part.kind.case !== "toolUse" || isStateOf(part.modelState, model.reference));
}

/** The provider bills what it has cached at a tenth, but only up to marks: one after the instructions, one at the end. */
function markForCache(prompt: SdkPrompt): void {
  const mark: SdkProviderOptions = { anthropic: { cacheControl: { type: "ephemeral" } } };
  const first = prompt.at(0);
  const last = prompt.at(-1);
  if (first?.role === "system") first.providerOptions = mark;
  if (last) last.providerOptions = mark;
}
