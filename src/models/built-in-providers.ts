/** The providers that need no configuration but a key, and some of their models. */

import type { ModelApi, ModelEntry } from "./model-settings.ts";

/** A provider the gateway knows. */
export interface BuiltInProvider {
  readonly baseUrl: string;
  readonly api: ModelApi;
  /** Environment variables that may hold its key, best first; none means it needs no key. */
  readonly keyVariables: readonly string[];
  /** Shown by `list` when there is a key. Any other model of the provider can be used as well. */
  readonly models: readonly ModelEntry[];
  /** What `reasoning_effort` is called when thinking is off; absent means the field is left out. */
  readonly thinkingOff?: string;
}

const claudeTokens = 200_000;
const gpt5Tokens = 272_000;
const geminiTokens = 1_048_576;

/**
 * By provider id. Context sizes are what every version of the model reads; 0 where that is not known, and then the agent's
 * own limit counts.
 */
export const builtInProviders: Readonly<Record<string, BuiltInProvider>> = {
  anthropic: {
    baseUrl: "https://api.anthropic.com/v1",
    api: "anthropic-messages",
    keyVariables: ["ANTHROPIC_API_KEY"],
    models: [
      "claude-opus-5-5",
      "claude-sonnet-5-5",
      "claude-haiku-5-5",
      "claude-opus-5",
      "claude-sonnet-5",
      "claude-opus-4-5",
      "claude-sonnet-4-5",
      "claude-haiku-4-5",
    ].map((id) => ({ id, contextTokens: claudeTokens })),
  },
  google: {
    baseUrl: "https://generativelanguage.googleapis.com/v1beta",
    api: "google-generative-ai",
    keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
    models: [
      { id: "gemini-3.8-flash" },
      { id: "gemini-3.5-flash" },
      { id: "gemini-3.1-pro-preview", contextTokens: geminiTokens },
      { id: "gemini-2.5-pro", contextTokens: geminiTokens },
      { id: "gemini-2.5-flash", contextTokens: geminiTokens },
      { id: "gemini-2.5-flash-lite", contextTokens: geminiTokens },
    ],
  },
  lmstudio: keyless("http://127.0.0.1:1234/v1"),
  // Ollama alone documents "none"; others may refuse a value they do not know.
  ollama: { ...keyless("http://127.0.0.1:11434/v1"), thinkingOff: "none" },
  openai: {
    baseUrl: "https://api.openai.com/v1",
    api: "openai-responses",
    keyVariables: ["OPENAI_API_KEY"],
    models: [
      { id: "gpt-5.6" },
      { id: "gpt-5.5" },
      { id: "gpt-5.4" },
      { id: "gpt-5.4-mini" },
      { id: "gpt-5.2", contextTokens: gpt5Tokens },
      { id: "gpt-5.1", contextTokens: gpt5Tokens },
      { id: "gpt-5", contextTokens: gpt5Tokens },
      { id: "gpt-5-mini", contextTokens: gpt5Tokens },
      { id: "gpt-4.1", contextTokens: 1_047_576 },
    ],
  },
  vllm: keyless("http://127.0.0.1:8000/v1"),
};

function keyless(baseUrl: string): BuiltInProvider {
  return { baseUrl, api: "openai-completions", keyVariables: [], models: [] };
}
