/** What the models wing can be told: the configuration's `models` keys as plain values, and the keys found in the environment. */

/** How a provider is spoken to. */
export type ModelApi = "openai-completions" | "openai-responses" | "anthropic-messages" | "google-generative-ai";

/** One model of a provider, for what the gateway cannot know about it. */
export interface ModelEntry {
  readonly id: string;
  /** Tokens one call may read. */
  readonly contextTokens?: number;
  /** Tokens one call may produce when the caller sets no limit. */
  readonly maxOutputTokens?: number;
  /** What it takes; when absent, pictures as well unless it speaks openai-completions. */
  readonly input?: readonly ModelInput[];
  /** US dollars for a million tokens; `cacheRead` is as `input` when absent. */
  readonly cost?: { readonly input: number; readonly output: number; readonly cacheRead?: number };
}

/** Something a model takes. */
export type ModelInput = "text" | "image";

/** What the model takes. Servers of the completions API refuse pictures where the model behind is blind. */
export function inputsOf({ input }: ModelEntry, api: ModelApi): readonly ModelInput[] {
  return input ?? (api === "openai-completions" ? ["text"] : ["text", "image"]);
}

/** `models.providers.<id>`. For a built-in provider every key is optional and overrides what is built in. */
export interface ProviderSettings {
  /** Where its API lives, version included: "https://api.example.com/v1". A provider that is not built in needs it. */
  readonly baseUrl?: string;
  /** "openai-completions" when absent. */
  readonly api?: ModelApi;
  readonly apiKey?: string;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Models to list; others of the provider can be used all the same. */
  readonly models?: readonly ModelEntry[];
  /** Longest time without a byte from the provider; 120 s when absent, 300 s for a local one. */
  readonly timeoutSeconds?: number;
}

/** Everything the catalog can be told. */
export interface ModelSettings {
  /** `models.providers`, by provider id. */
  readonly providers?: Readonly<Record<string, ProviderSettings>>;
  /** Why a provider cannot be used although it is configured, by provider id. */
  readonly problems?: Readonly<Record<string, string>>;
  /**
   * Environment variables: OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY (or GOOGLE_API_KEY,
   * GOOGLE_GENERATIVE_AI_API_KEY), <PROVIDER>_API_KEY for any other provider, and HTTP_PROXY, HTTPS_PROXY, NO_PROXY for
   * providers that are not local.
   */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Model used when nothing else is said, "provider/model"; marked in the list. */
  readonly defaultModel?: string;
}
