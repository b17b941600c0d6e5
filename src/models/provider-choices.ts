/** The providers a person can choose from, for whoever sets a gateway up. */

import { builtInProviders } from "./built-in-providers.ts";
import type { ModelSettings } from "./model-settings.ts";
import { providerIds, resolveProvider } from "./resolve-endpoint.ts";

/** One provider. */
export interface ProviderChoice {
  readonly id: string;
  /** Environment variable its key is looked for in. */
  readonly keyVariable: string;
  /** It does not answer without a key. */
  readonly needsKey: boolean;
  /** It can be used as it is. */
  readonly usable: boolean;
  /** Models known by name, the recommended one first; it may answer to others. */
  readonly models: readonly string[];
}

/** Every provider that is built in or configured, ordered by id. */
export function providerChoices(settings: ModelSettings): ProviderChoice[] {
  return providerIds(settings).map((id) => {
    const builtIn = Object.hasOwn(builtInProviders, id) ? builtInProviders[id] : undefined;
    const resolved = resolveProvider(id, settings);
    return {
      id,
      keyVariable: keyVariableOf(id),
      needsKey: builtIn === undefined || builtIn.keyVariables.length > 0,
      usable: resolved?.endpoint !== undefined,
      models: (resolved?.models ?? []).map((model) => model.id),
    };
  });
}

/** Where the key of a provider is looked for, built in or not. */
export function keyVariableOf(id: string): string {
  const known = Object.hasOwn(builtInProviders, id) ? builtInProviders[id]?.keyVariables[0] : undefined;
  return known ?? `${id.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}_API_KEY`;
}
