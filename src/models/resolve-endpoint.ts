/** From settings to where a provider's calls go, or to what is missing for that. */

import { isPrivateHost } from "../lib/web/private-host.ts";
import { type BuiltInProvider, builtInProviders } from "./built-in-providers.ts";
import type { ModelApi, ModelEntry, ModelSettings, ProviderSettings } from "./model-settings.ts";

/** Where and how a provider is called. */
export interface Endpoint {
  readonly providerId: string;
  readonly api: ModelApi;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Empty when the provider needs none; then no credential is sent. */
  readonly apiKey: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The host is on this machine or a private network. */
  readonly local: boolean;
  readonly idleTimeoutMs: number;
  /** What `reasoning_effort` is called when thinking is off. */
  readonly thinkingOff: string | undefined;
}

/** A known provider: its endpoint, or why it has none. */
export interface ProviderResolution {
  readonly endpoint: Endpoint | undefined;
  /** What to do, in words; empty when there is an endpoint. */
  readonly unusableReason: string;
  /** How it is spoken to, also when it cannot be. */
  readonly api: ModelApi;
  /** It is built in, and asks nobody for a key. */
  readonly keyless: boolean;
  /** Configured models first, then built-in ones that are not configured. */
  readonly models: readonly ModelEntry[];
}

const idleTimeoutMs = { remote: 120_000, local: 300_000 };

/** Ids of every provider that is built in or configured, ordered. */
export function providerIds(settings: ModelSettings): string[] {
  return [...new Set([...Object.keys(builtInProviders), ...Object.keys(settings.providers ?? {})])].sort();
}

/** Environment variables the key of a provider, built in or not, is looked for in: the best first, at least one. */
export function keyVariablesOf(providerId: string): readonly [string, ...string[]] {
  const [first, ...others] = own(builtInProviders, providerId)?.keyVariables ?? [];
  return [first ?? `${providerId.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}_API_KEY`, ...others];
}

/** Looks the provider up; undefined when nothing is known about it. */
export function resolveProvider(providerId: string, settings: ModelSettings): ProviderResolution | undefined {
  const builtIn = own(builtInProviders, providerId);
  const configured = own(settings.providers ?? {}, providerId);
  if (!builtIn && !configured) return undefined;
  const api = configured?.api ?? builtIn?.api ?? "openai-completions";
  const found = findEndpoint({ providerId, builtIn, configured: configured ?? {}, settings, api });
  const configuredModels = configured?.models ?? [];
  const isConfigured = (model: ModelEntry): boolean => configuredModels.some((other) => other.id === model.id);
  const builtInModels = builtIn?.models.filter((model) => !isConfigured(model)) ?? [];
  return {
    endpoint: typeof found === "string" ? undefined : found,
    unusableReason: typeof found === "string" ? found : "",
    api,
    keyless: builtIn?.keyVariables.length === 0,
    models: [...configuredModels, ...builtInModels],
  };
}

interface ProviderInput {
  readonly providerId: string;
  readonly builtIn: BuiltInProvider | undefined;
  readonly configured: ProviderSettings;
  readonly settings: ModelSettings;
  readonly api: ModelApi;
}

/** The endpoint, or what is missing. */
function findEndpoint(input: ProviderInput): Endpoint | string {
  const { providerId, builtIn, configured } = input;
  const path = `models.providers.${providerId}`;
  const baseUrl = configured.baseUrl ?? builtIn?.baseUrl;
  if (baseUrl === undefined) return `set ${path}.baseUrl to where its API lives, e.g. https://api.example.com/v1`;
  const host = httpHost(baseUrl);
  if (host === undefined) return `${path}.baseUrl is not an http or https address; correct it`;
  const local = isPrivateHost(host);

  const problem = own(input.settings.problems ?? {}, providerId);
  if (problem !== undefined) return problem;
  const key = findKey(input);
  if (key.problem !== undefined) return key.problem;
  const needsKey = !local && builtIn?.keyVariables.length !== 0;
  if (needsKey && key.value === "" && !configured.headers) {
    return `set ${path}.apiKey or ${keyVariablesOf(providerId)[0]}`;
  }
  return {
    providerId,
    api: input.api,
    baseUrl: baseUrl.replace(/\/+$/, ""),
    apiKey: key.value,
    headers: configured.headers ?? {},
    local,
    idleTimeoutMs: configured.timeoutSeconds
      ? configured.timeoutSeconds * 1000
      : idleTimeoutMs[local ? "local" : "remote"],
    thinkingOff: builtIn?.thinkingOff,
  };
}

function findKey(input: ProviderInput): { readonly value: string; readonly problem?: string } {
  const environment = input.settings.environment ?? {};
  const fromEnvironment = keyVariablesOf(input.providerId).map((name) => environment[name]?.trim());
  const value = input.configured.apiKey?.trim() || fromEnvironment.find((found) => found) || "";
  const path = `models.providers.${input.providerId}.apiKey`;
  const unset = /^\$\{(\w+)\}$/.exec(value);
  if (unset)
    return { value: "", problem: `${path} refers to ${unset[1]}, which is not set in the environment; set it` };
  // Anything else cannot travel in a header, and the error of trying would show the key.
  if (!/^[\x21-\x7e]*$/.test(value))
    return { value: "", problem: `${path} holds characters no key has; copy it again` };
  return { value };
}

function httpHost(address: string): string | undefined {
  const url = URL.parse(address);
  return url?.protocol === "http:" || url?.protocol === "https:" ? url.hostname : undefined;
}

/** Provider ids come from callers: "constructor" is not a provider. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
