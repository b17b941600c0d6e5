/** The four APIs with their fake servers, for tests that must hold for each. */

import type { Model } from "../../../src/core/agent/model.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { createModelCatalog } from "../../../src/models/model-catalog.ts";
import type { ModelApi, ProviderSettings } from "../../../src/models/model-settings.ts";
import { startFakeAnthropic } from "./fake-anthropic.ts";
import { startFakeGoogle } from "./fake-google.ts";
import type { FakeModelServer, FakeScript } from "./fake-model-server.ts";
import { startFakeOpenAi } from "./fake-openai.ts";
import { startFakeOpenAiResponses } from "./fake-openai-responses.ts";

/** One API. */
export interface FakeProvider {
  readonly api: ModelApi;
  /** A model that thinks. */
  readonly modelId: string;
  readonly start: (script?: FakeScript) => Promise<FakeModelServer>;
}

export const fakeProviders: readonly FakeProvider[] = [
  { api: "openai-completions", modelId: "family/any-model", start: startFakeOpenAi },
  { api: "openai-responses", modelId: "gpt-5", start: startFakeOpenAiResponses },
  { api: "anthropic-messages", modelId: "claude-sonnet-4-5", start: startFakeAnthropic },
  { api: "google-generative-ai", modelId: "gemini-2.5-pro", start: startFakeGoogle },
];

/** The key fake providers are given. */
export const fakeKey = "sk-fake-0123456789abcdef";

/** A model of provider "fake" behind a running fake server. */
export interface ServedModel {
  readonly model: Model;
  readonly server: FakeModelServer;
  close(): Promise<void>;
}

/** Starts the provider's fake server and makes a model that calls it; `settings` override the provider's. */
export async function serveModel(
  provider: FakeProvider,
  script: FakeScript,
  settings: ProviderSettings = {},
): Promise<ServedModel> {
  const server = await provider.start(script);
  const configured = { baseUrl: server.url, api: provider.api, apiKey: fakeKey, ...settings };
  const catalog = createModelCatalog({ providers: { fake: configured } }, systemClock);
  const model = await catalog.get(`fake/${provider.modelId}`);
  const close = async (): Promise<void> => {
    catalog.close();
    await server.close();
  };
  return { model, server, close };
}
