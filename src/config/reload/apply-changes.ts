/** Puts changes into force while the gateway runs, as far as `gateway.reload.mode` allows. */

import { errorWords } from "../../lib/text/error-words.ts";
import type { Config, ReloadMode } from "../config.ts";
import type { KeyPath } from "../file/json5-source.ts";
import type { LoadedConfig } from "../load-config.ts";
import type { PlannedChange } from "./reload-plan.ts";

/** A part of the gateway that can be built anew while the others go on. The schema's `reload: "part:<name>"` names it. */
export interface ReloadablePart {
  readonly name: string;
  /** Takes the new configuration over. Runs in progress go on with what they have. */
  apply(loaded: LoadedConfig): void | Promise<void>;
}

/** What runs. */
export interface RunningGateway {
  readonly parts: readonly ReloadablePart[];
  /** Replaces what is read when it is used. */
  adopt(loaded: LoadedConfig): void | Promise<void>;
  /** Begins a restart in place with what is on the disk, and does not wait for it. Fails when it is refused. */
  restart(reason: string): Promise<void>;
}

/** What was done about a change. */
export type Outcome = "applied" | "restarting" | "waiting";

/** A change, and what was done about it. */
export interface AppliedChange extends PlannedChange {
  /** Undefined when it was only asked what would be done. */
  readonly outcome: Outcome | undefined;
}

/** What was done. */
export interface Application {
  readonly changes: readonly AppliedChange[];
  /** What is in force now: the new configuration where it was applied, elsewhere the one before. */
  readonly running: LoadedConfig;
  /** Everything new is in force. */
  readonly complete: boolean;
  /** What an operator should know. */
  readonly warnings: readonly string[];
}

/** What is to be done. */
export interface WantedChanges {
  readonly running: LoadedConfig;
  readonly after: LoadedConfig;
  readonly plan: readonly PlannedChange[];
  readonly mode: ReloadMode;
}

/** Does what can be done. A part that fails to take its change over leaves it waiting, with a warning. */
export async function applyChanges(gateway: RunningGateway, wanted: WantedChanges): Promise<Application> {
  const { running, after, plan, mode } = wanted;
  const warnings: string[] = [];
  const hot = mode === "hybrid" || mode === "hot" ? plan.filter((change) => canApply(gateway, change)) : [];
  const failed = await applyParts(gateway, hot, { after, warnings });
  const applied = new Set(hot.filter(({ effect }) => effect.kind !== "part" || !failed.has(effect.part)));
  const rest = plan.filter((change) => !applied.has(change));
  const merged = {
    ...after,
    config: withValues(
      running.config,
      after.config,
      [...applied].map(({ path }) => path),
    ),
  };
  await gateway.adopt(merged);
  const restarts = rest.length > 0 && (mode === "hybrid" || mode === "restart");
  const restarting = restarts && (await beginRestart(gateway, rest, warnings));
  const outcomeOf = (change: PlannedChange): Outcome =>
    applied.has(change) ? "applied" : restarting ? "restarting" : "waiting";
  return {
    changes: plan.map((change) => ({ ...change, outcome: outcomeOf(change) })),
    running: merged,
    complete: rest.length === 0,
    warnings,
  };
}

function canApply({ parts }: RunningGateway, { effect }: PlannedChange): boolean {
  if (effect.kind === "part") return parts.some(({ name }) => name === effect.part);
  return effect.kind === "live";
}

interface PartWork {
  readonly after: LoadedConfig;
  readonly warnings: string[];
}

/** Names of the parts that could not. */
async function applyParts(
  { parts }: RunningGateway,
  changes: readonly PlannedChange[],
  { after, warnings }: PartWork,
): Promise<Set<string>> {
  const failed = new Set<string>();
  const wanted = new Set(changes.flatMap(({ effect }) => (effect.kind === "part" ? [effect.part] : [])));
  for (const part of parts.filter(({ name }) => wanted.has(name))) {
    try {
      await part.apply(after);
    } catch (error) {
      failed.add(part.name);
      warnings.push(`${part.name} could not be changed while running: ${errorWords(error)}`);
    }
  }
  return failed;
}

async function beginRestart(
  gateway: RunningGateway,
  changes: readonly PlannedChange[],
  warnings: string[],
): Promise<boolean> {
  try {
    await gateway.restart(`the configuration changed: ${changes.map(({ key }) => key).join(", ")}`);
    return true;
  } catch (error) {
    warnings.push(errorWords(error));
    return false;
  }
}

/** The first with the values of the second at these paths. */
function withValues(base: Config, from: Config, paths: readonly KeyPath[]): Config {
  return paths.reduce<unknown>((config, path) => withValue(config, from, path), base) as Config;
}

function withValue(base: unknown, from: unknown, [key, ...rest]: KeyPath): unknown {
  if (key === undefined) return from;
  const [target, source] = [base, from].map((value) => (value ?? {}) as Record<PropertyKey, unknown>);
  const copy = { ...target };
  const value = withValue(target?.[key], source?.[key], rest);
  if (value === undefined) delete copy[key];
  else copy[key] = value;
  return copy;
}
