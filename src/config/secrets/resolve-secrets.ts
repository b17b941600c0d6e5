/** Puts secrets in the place of references to them, once, when a configuration is loaded. */

import { ConfigError, type ConfigProblem } from "../config-error.ts";
import type { Surroundings } from "../environment.ts";
import type { ConfigTree } from "../file/config-tree.ts";
import { formatPath, type KeyPath } from "../file/json5-source.ts";
import { isSensitive } from "../schema/schema-node.ts";
import { findReferences, type ReferencePlace, readReference, type SecretReference } from "./secret-reference.ts";
import type { FetchedSecret, SecretProvider } from "./secret-sources.ts";

/** Secrets by reference ("env:default:NAME"), as they were found. They live in memory only. */
export type SecretSnapshot = ReadonlyMap<string, string>;

/** A value with its secrets in place. */
export interface ResolvedSecrets {
  readonly value: unknown;
  /** Key paths whose secret cannot be had, with the reason; `value` has nothing there. */
  readonly unresolved: ReadonlyMap<string, string>;
  readonly snapshot: SecretSnapshot;
  /** What an operator should know, one sentence each. */
  readonly warnings: readonly string[];
}

/** Where references stand, and what is known already. */
export interface SecretOptions {
  readonly tree: ConfigTree;
  readonly surroundings: Surroundings;
  /** Only references below this path are looked at, and the others are left out. */
  readonly only?: KeyPath;
  /** Secrets of the configuration before: used on, with a warning, when one cannot be had now. Not those of `gateway.auth`. */
  readonly previous?: SecretSnapshot;
}

interface Wanted extends ReferencePlace {
  readonly reference: SecretReference;
}

/**
 * Resolves every reference that stands where a secret may. Throws a ConfigError for those that are written wrongly. One whose
 * secret cannot be had is left out of the value, and told in `unresolved`; what nothing uses (below `enabled: false`, or the
 * credential of another mode) is left out without a word.
 */
export async function resolveSecrets(value: unknown, options: SecretOptions): Promise<ResolvedSecrets> {
  const places = findReferences(value);
  const nothing = { value, unresolved: new Map(), snapshot: new Map(), warnings: [] };
  if (places.length === 0) return nothing;
  const sensitive = await sensitivePlaces(places);
  const wanted = readAll(sensitive, options.tree);
  const active = wanted.filter(({ path }) => isActive(value, path) && isBelow(path, options.only ?? []));
  const fetched = await fetchAll(active, value, options.surroundings);
  const unresolved = new Map<string, string>();
  const snapshot = new Map<string, string>();
  const warnings: string[] = [];
  for (const { path, reference } of active) {
    const key = snapshotKey(reference);
    const found = fetched.get(key) ?? { reason: "it was not asked for" };
    const known = isBelow(path, ["gateway", "auth"]) ? undefined : options.previous?.get(key);
    const secret = "value" in found ? found.value : known;
    if (secret !== undefined) snapshot.set(key, secret);
    if ("value" in found) continue;
    const subject = formatPath(path);
    if (secret === undefined) unresolved.set(subject, found.reason);
    const consequence = secret === undefined ? "it is not set" : "the value known before is used on";
    warnings.push(`${subject}: its secret cannot be had: ${found.reason}; ${consequence}`);
  }
  const secrets = new Map(
    active.map(({ path, reference }) => [formatPath(path), snapshot.get(snapshotKey(reference))]),
  );
  const referred = new Set(sensitive.map(({ path }) => formatPath(path)));
  return { value: fill(value, [], { referred, secrets }), unresolved, snapshot, warnings };
}

async function sensitivePlaces(places: readonly ReferencePlace[]): Promise<ReferencePlace[]> {
  const { configJsonSchema } = await import("../config-schema.ts");
  const schema = configJsonSchema();
  return places.filter(({ path }) => isSensitive(schema, path));
}

function readAll(places: readonly ReferencePlace[], tree: ConfigTree): Wanted[] {
  const problems: ConfigProblem[] = [];
  const wanted = places.flatMap((place) => {
    const reference = readReference(place);
    if (typeof reference !== "string") return [{ ...place, reference }];
    problems.push({ subject: formatPath(place.path), text: reference, place: tree.placeOfValue(place.path) });
    return [];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return wanted;
}

/** False where nothing would use the secret. */
function isActive(value: unknown, path: KeyPath): boolean {
  let above = value;
  for (const part of path) {
    if (typeof above !== "object" || above === null) break;
    if ((above as Record<string, unknown>).enabled === false) return false;
    above = (above as Record<PropertyKey, unknown>)[part];
  }
  if (!isBelow(path, ["gateway", "auth"])) return true;
  const { mode } = ((value as { gateway: { auth: { mode?: unknown } } }).gateway.auth ?? {}) as { mode?: unknown };
  return mode === undefined || mode === path[2];
}

/** Each provider is asked once, for everything it has. */
async function fetchAll(
  wanted: readonly Wanted[],
  value: unknown,
  surroundings: Surroundings,
): Promise<Map<string, FetchedSecret>> {
  const found = new Map<string, FetchedSecret>();
  if (wanted.length === 0) return found;
  const { fetchSecrets } = await import("./secret-sources.ts");
  const providers = await readProviders(value);
  const groups = Map.groupBy(wanted, ({ reference }) => `${reference.source}:${reference.provider}`);
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const [{ reference }] = group as [Wanted];
      const provider = findProvider(providers, reference);
      const ids = [...new Set(group.map((one) => one.reference.id))];
      const answers =
        typeof provider === "string"
          ? undefined
          : await fetchSecrets(provider, { name: reference.provider, ids }, surroundings);
      for (const id of ids) {
        const answer = answers?.get(id) ?? { reason: typeof provider === "string" ? provider : "there is none" };
        found.set(snapshotKey({ ...reference, id }), answer);
      }
    }),
  );
  return found;
}

/** What is wrong with them is told by the check of the whole file. */
async function readProviders(value: unknown): Promise<Readonly<Record<string, SecretProvider>>> {
  const { secretsSchema } = await import("../schema/secrets-schema.ts");
  const result = secretsSchema.safeParse((value as { secrets?: unknown }).secrets ?? {});
  return result.success ? result.data.providers : {};
}

function findProvider(
  providers: Readonly<Record<string, SecretProvider>>,
  { source, provider }: SecretReference,
): SecretProvider | string {
  const found = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
  if (found === undefined && source === "env" && provider === "default") return { source: "env" };
  if (found === undefined) return `secrets.providers.${provider} is not set`;
  return found.source === source ? found : `secrets.providers.${provider} is of source ${found.source}, not ${source}`;
}

interface Filling {
  readonly referred: ReadonlySet<string>;
  readonly secrets: ReadonlyMap<string, string | undefined>;
}

function fill(value: unknown, path: KeyPath, filling: Filling): unknown {
  const subject = formatPath(path);
  if (filling.referred.has(subject)) return filling.secrets.get(subject);
  if (Array.isArray(value)) return value.map((element, index) => fill(element, [...path, index], filling));
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    const filled = fill(member, [...path, key], filling);
    if (filled !== undefined) copy[key] = filled;
  }
  return copy;
}

function isBelow(path: KeyPath, above: KeyPath): boolean {
  return above.every((part, index) => path[index] === part);
}

function snapshotKey({ source, provider, id }: SecretReference): string {
  return `${source}:${provider}:${id}`;
}
