/** The provider packages of the AI SDK, loaded when the first call needs one, and the shapes they share. */

import type { OpenAIProvider } from "@ai-sdk/openai";
import type { ModelApi } from "../model-settings.ts";
import type { Endpoint } from "../resolve-endpoint.ts";

/** A model as every provider package offers it. */
export type SdkLanguageModel = ReturnType<OpenAIProvider["responses"]>;
/** What one call takes. */
export type SdkCallOptions = Parameters<SdkLanguageModel["doStream"]>[0];
/** The conversation of a call. */
export type SdkPrompt = SdkCallOptions["prompt"];
/** The event stream of a call. */
export type SdkStream = Awaited<ReturnType<SdkLanguageModel["doStream"]>>["stream"];
/** One event of it. */
export type SdkStreamPart = SdkStream extends ReadableStream<infer Part> ? Part : never;
/** Options and state only one provider understands, by its namespace. */
export type SdkProviderOptions = NonNullable<SdkCallOptions["providerOptions"]>;

/**
 * Loads the package that speaks the endpoint's API and makes the model. `fetch` carries every request; without a key the
 * credential headers the packages insist on are taken off again.
 */
export async function loadLanguageModel(
  endpoint: Endpoint,
  modelId: string,
  fetch: typeof globalThis.fetch,
): Promise<SdkLanguageModel> {
  const { api, baseUrl: baseURL, apiKey, headers } = endpoint;
  const carry = apiKey === "" ? withoutCredentials(fetch, headers) : fetch;
  return await makers[api]({ baseURL, apiKey, headers: { ...headers }, fetch: carry }, modelId);
}

interface PackageOptions {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly headers: Record<string, string>;
  readonly fetch: typeof globalThis.fetch;
}

const makers: Record<ModelApi, (options: PackageOptions, modelId: string) => Promise<SdkLanguageModel>> = {
  "openai-completions": async (options, modelId) => {
    const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
    return createOpenAICompatible({ ...options, name: "compatible", includeUsage: true }).languageModel(modelId);
  },
  "openai-responses": async (options, modelId) => {
    const { createOpenAI } = await import("@ai-sdk/openai");
    return createOpenAI(options).responses(modelId);
  },
  "anthropic-messages": async (options, modelId) => {
    const { createAnthropic } = await import("@ai-sdk/anthropic");
    return createAnthropic(options).languageModel(modelId);
  },
  "google-generative-ai": async (options, modelId) => {
    const { createGoogle } = await import("@ai-sdk/google");
    return createGoogle(options).languageModel(modelId);
  },
};

function withoutCredentials(
  fetch: typeof globalThis.fetch,
  configured: Readonly<Record<string, string>>,
): typeof globalThis.fetch {
  const kept = new Set(Object.keys(configured).map((name) => name.toLowerCase()));
  const dropped = ["authorization", "x-api-key", "x-goog-api-key"].filter((name) => !kept.has(name));
  return (input, init) => {
    const headers = new Headers(init?.headers);
    for (const name of dropped) headers.delete(name);
    return fetch(input, { ...init, headers });
  };
}
