/** The secrets a configuration and its surroundings hold, for those who must not show them. */

import { isSensitiveName } from "../../lib/log/secret-patterns.ts";
import type { LoadedConfig } from "../load-config.ts";

/** Values of every key and variable whose name says that it holds a secret, of all headers that are sent, and what secret references lead to. */
export function secretValues({
  config,
  environment,
  secrets,
}: Pick<LoadedConfig, "config" | "environment" | "secrets">): string[] {
  const variables = Object.entries(environment).filter(([name]) => isSensitiveName(name));
  return [...secrets.values(), ...stringsBelow(config, false), ...variables.flatMap(([, value]) => value ?? [])];
}

/** Strings below a key that is sensitive, whatever holds them. */
function stringsBelow(value: unknown, secret: boolean): string[] {
  if (typeof value === "string") return secret ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    stringsBelow(inner, secret || name === "headers" || isSensitiveName(name)),
  );
}
