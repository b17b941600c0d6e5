/** The secrets a configuration and its surroundings hold, for those who must not show them. */

import { isSensitiveName } from "../../lib/log/secret-patterns.ts";
import type { LoadedConfig } from "../load-config.ts";

/** Variables and headers can hold "true" or "json": what is shorter is no secret anybody should rely on, and a word. */
const shortestGuess = 8;

/**
 * Values of every key and variable whose name says that it holds a secret, of all headers that are sent, and what secret
 * references lead to.
 */
export function secretValues(loaded: Pick<LoadedConfig, "config" | "environment" | "secrets">): string[] {
  const { config, environment } = loaded;
  // The section `secrets` says where secrets are; it holds none.
  const { secrets: _places, ...sections } = config;
  const variables = Object.entries(environment).filter(([name]) => isSensitiveName(name));
  const guessed = [...stringsBelow(sections, "headers"), ...variables.flatMap(([, value]) => value ?? [])];
  return [
    ...loaded.secrets.values(),
    ...stringsBelow(sections, "secret"),
    ...guessed.filter((value) => value.length >= shortestGuess),
  ];
}

/** Strings below a key that is sensitive, or below `headers`, whatever holds them. */
function stringsBelow(value: unknown, wanted: "secret" | "headers", found = false): string[] {
  if (typeof value === "string") return found ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const names = wanted === "headers" ? name === "headers" : isSensitiveName(name);
    return stringsBelow(inner, wanted, found || names);
  });
}
