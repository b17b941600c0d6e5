/** Finds models by reference: the echo model, built-in providers, and what the configuration adds. */

import { create } from "@bufbuild/protobuf";
import { type Model as ModelInfo, ModelSchema } from "../../gen/openclaw/gateway/v1/agent_pb.ts";
import type { Model, ModelCatalog } from "../core/agent/model.ts";
import { modelUnusable } from "../core/run/run-failure.ts";
import type { Clock } from "../lib/clock.ts";
import { EchoModel } from "./echo-model.ts";
import { HttpFetch } from "./http-fetch.ts";
import { inputsOf, type ModelEntry, type ModelInput, type ModelSettings } from "./model-settings.ts";
import { type Endpoint, providerIds, resolveProvider } from "./resolve-endpoint.ts";
import { SdkModel } from "./sdk/sdk-model.ts";

/** A catalog that follows its settings, and has an end. */
export interface OwnedModelCatalog extends ModelCatalog {
  /** Uses these settings from now on. Calls under way go on as they began. */
  update(settings: ModelSettings): void;
  /** Closes the connections that wait for reuse. Calls under way go on. */
  close(): void;
}

/** Makes the catalog. No provider's package is loaded before the first call that needs it. */
export function createModelCatalog(settings: ModelSettings, clock: Clock): OwnedModelCatalog {
  return new SettingsCatalog(settings, clock);
}

/** Everything that decides where a call goes, and with which credential. */
function endpointsOf({ defaultModel, ...endpoints }: ModelSettings): Omit<ModelSettings, "defaultModel"> {
  return endpoints;
}

/** References come from callers: what is kept of them has a bound. */
const maxKept = 256;
/** Longest answer of a provider. */
const maxAnswerBytes = 67_108_864;

/** What the list says of a model besides its name. */
interface KnownModel {
  readonly contextTokens: number;
  /** Empty when that is not known. */
  readonly inputs: readonly ModelInput[];
  readonly unusableReason: string;
  readonly cost?: ModelEntry["cost"];
}

class SettingsCatalog implements OwnedModelCatalog {
  #settings: ModelSettings;
  readonly #clock: Clock;
  readonly #echo = new EchoModel();
  readonly #models = new Map<string, Model>();
  readonly #connections = new Map<string, HttpFetch>();

  constructor(settings: ModelSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  list(): readonly ModelInfo[] {
    const found = new Map<string, ModelInfo>();
    const add = (reference: string, known: KnownModel): void => {
      found.set(reference, this.#info(reference, known));
    };
    const { reference: echo, contextTokens } = this.#echo;
    add(echo, { contextTokens, inputs: ["text"], unusableReason: "" });
    for (const providerId of providerIds(this.#settings)) {
      const provider = resolveProvider(providerId, this.#settings);
      if (provider === undefined) continue;
      const { endpoint, unusableReason, api } = provider;
      const configured = new Set(this.#settings.providers?.[providerId]?.models?.map((model) => model.id));
      for (const entry of provider.models) {
        const { contextTokens = 0, cost } = entry;
        const known = { contextTokens, inputs: inputsOf(entry, api), unusableReason, ...(cost && { cost }) };
        if (endpoint !== undefined || configured.has(entry.id)) add(`${providerId}/${entry.id}`, known);
      }
    }
    const { defaultModel } = this.#settings;
    if (defaultModel !== undefined && !found.has(defaultModel)) add(defaultModel, this.#unlisted(defaultModel));
    return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async get(reference: string): Promise<Model> {
    if (reference === this.#echo.reference) return this.#echo;
    const kept = this.#models.get(reference);
    if (kept) return kept;
    const found = this.#find(reference);
    if (typeof found === "string") throw modelUnusable(reference, found);
    const model = new SdkModel({
      reference,
      entry: found.entry,
      endpoint: found.endpoint,
      fetch: this.#connectionsOf(found.endpoint).fetch,
      clock: this.#clock,
    });
    const oldest = this.#models.size >= maxKept ? this.#models.keys().next().value : undefined;
    if (oldest !== undefined) this.#models.delete(oldest);
    this.#models.set(reference, model);
    return model;
  }

  update(settings: ModelSettings): void {
    const sameEndpoints = JSON.stringify(endpointsOf(settings)) === JSON.stringify(endpointsOf(this.#settings));
    this.#settings = settings;
    if (sameEndpoints) return;
    this.#models.clear();
    this.close();
    this.#connections.clear();
  }

  close(): void {
    for (const connections of this.#connections.values()) connections.close();
  }

  #info(reference: string, { contextTokens, inputs, unusableReason, cost }: KnownModel): ModelInfo {
    return create(ModelSchema, {
      name: `models/${reference}`,
      reference,
      contextTokens: BigInt(contextTokens),
      inputs: [...inputs],
      usable: unusableReason === "",
      unusableReason,
      default: reference === this.#settings.defaultModel,
      ...(cost && { price: { input: cost.input, output: cost.output, cached: cost.cacheRead ?? cost.input } }),
    });
  }

  #unlisted(reference: string): KnownModel {
    const found = this.#find(reference);
    if (typeof found === "string") return { contextTokens: 0, inputs: [], unusableReason: found };
    return { contextTokens: 0, inputs: inputsOf(found.entry, found.endpoint.api), unusableReason: "" };
  }

  /** The model's endpoint, or what to do to get one. */
  #find(reference: string): { readonly endpoint: Endpoint; readonly entry: ModelEntry } | string {
    const slash = reference.indexOf("/");
    const providerId = reference.slice(0, Math.max(0, slash));
    const id = reference.slice(slash + 1);
    if (providerId === "" || id === "") return 'write it as "provider/model", e.g. anthropic/claude-sonnet-5-5';
    if (providerId === "echo") return "the echo provider has one model, echo/echo";
    const provider = resolveProvider(providerId, this.#settings);
    if (!provider) {
      const known = ["echo", ...providerIds(this.#settings)].join(", ");
      return `there is no provider ${providerId}; known are ${known}; add models.providers.${providerId}.baseUrl for another`;
    }
    if (!provider.endpoint) return provider.unusableReason;
    return { endpoint: provider.endpoint, entry: provider.models.find((model) => model.id === id) ?? { id } };
  }

  #connectionsOf(endpoint: Endpoint): HttpFetch {
    const kept = this.#connections.get(endpoint.providerId);
    if (kept) return kept;
    const { idleTimeoutMs, local } = endpoint;
    const proxy = local ? undefined : this.#settings.environment;
    const connections = new HttpFetch({ idleTimeoutMs, maxBytes: maxAnswerBytes, proxy });
    this.#connections.set(endpoint.providerId, connections);
    return connections;
  }
}
