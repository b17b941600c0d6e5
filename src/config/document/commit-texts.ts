/** One transaction on the configuration's files: tried out, checked, written, remembered. */

import type { Clock } from "../../lib/clock.ts";
import type { FaultPoint } from "../../lib/fault-point.ts";
import { defaultConfig } from "../config.ts";
import { ConfigConflictError, ConfigError } from "../config-error.ts";
import { findClobber, type WrittenConfig } from "../edit/clobber-guard.ts";
import { keepRejected } from "../edit/rejected-text.ts";
import type { Surroundings } from "../environment.ts";
import type { ConfigTree } from "../file/config-tree.ts";
import { etagOf } from "../file/etag.ts";
import type { TextOverlay } from "../file/include-reader.ts";
import { filesOf, writeTexts } from "../history/revision-files.ts";
import { byHand, type Revision, type RevisionStore } from "../history/revision-store.ts";
import { type LoadedConfig, loadConfig } from "../load-config.ts";
import { type PlannedChange, planReload } from "../reload/reload-plan.ts";
import { type ConfigCheck, readDisk } from "./disk-reading.ts";

/** Who changes the configuration, and on which conditions. */
export interface ChangeOptions {
  /** Principal. */
  readonly author: string;
  /** Why, in the author's words. */
  readonly note?: string;
  /** The change is refused when the files have another etag. */
  readonly etag?: string | undefined;
  /** Nothing is written. */
  readonly validateOnly?: boolean;
  /** Also what looks like an accident is done. */
  readonly force?: boolean;
  /** What the plan compares with; what is on the disk when absent. */
  readonly running?: LoadedConfig | undefined;
  /** Called when the change is checked, right before it is written. */
  readonly beforeWrite?: (change: ConfigChange) => Promise<void>;
}

/** A change that was made, or would be. */
export interface ConfigChange {
  readonly after: LoadedConfig;
  /** Etag of what was on the disk. */
  readonly etagBefore: string;
  /** Revision of what was on the disk; undefined when nothing was written. */
  readonly before: Revision | undefined;
  /** What differs, and what that takes. */
  readonly plan: readonly PlannedChange[];
  /** Undefined when nothing was written: nothing differs, or it was only to be checked. */
  readonly revision: Revision | undefined;
}

/** Where a document lives, and what it is changed with. */
export interface DocumentPlace {
  readonly path: string;
  readonly surroundings: Surroundings;
  readonly revisions: RevisionStore;
  readonly clock: Clock;
  readonly check: ConfigCheck;
  readonly reached: FaultPoint;
}

/** What is to be written in the place of what is there. */
export interface Candidate {
  readonly tree: ConfigTree | undefined;
  readonly texts: TextOverlay;
  /** Throws a ConfigError when the result is not what was asked for. */
  readonly verify?: (after: LoadedConfig) => void;
}

/** Does it; the caller sees to it that nobody else does at the same time. */
export async function commitTexts(
  place: DocumentPlace,
  candidate: Candidate,
  options: ChangeOptions,
): Promise<ConfigChange> {
  const { tree, texts } = candidate;
  const etagBefore = etagOf(tree);
  if (options.etag !== undefined && options.etag !== etagBefore) throw new ConfigConflictError(etagBefore);
  const after = await tryOut(place, candidate, options);
  const plan = await planFor(place, after, options.running);
  const change = { after, etagBefore, before: undefined, plan, revision: undefined };
  if (options.validateOnly || after.etag === etagBefore) return change;
  const { path, revisions, clock, reached } = place;
  const before = (await rememberTree(place, tree)) ?? (await revisions.newest());
  await options.beforeWrite?.({ ...change, before });
  const { author, note = "" } = options;
  const facts = { etag: after.etag, timeMs: clock.nowMs(), author, note };
  await revisions.intend(facts, reached);
  await writeTexts(path, texts, reached);
  const revision = await revisions.add(facts, filesOf(path, after.tree), reached);
  return { ...change, before, revision };
}

/** Adds a revision of what is on the disk, when it is not what the newest one holds. Returns it then. */
export async function rememberTree(place: DocumentPlace, tree: ConfigTree | undefined): Promise<Revision | undefined> {
  const { path, revisions, clock, reached } = place;
  const etag = etagOf(tree);
  if ((await revisions.newest())?.etag === etag) return undefined;
  const known = await revisions.intended(etag);
  const facts = known ?? {
    etag,
    timeMs: clock.nowMs(),
    author: byHand,
    note: tree === undefined ? "there was no file" : "",
  };
  return await revisions.add(facts, filesOf(path, tree), reached);
}

async function tryOut(place: DocumentPlace, candidate: Candidate, options: ChangeOptions): Promise<LoadedConfig> {
  const { tree, texts, verify } = candidate;
  try {
    const previousSecrets = options.running?.secrets;
    const after = await loadConfig(place.surroundings, { overlay: texts, previousSecrets });
    verify?.(after);
    place.check(after);
    const clobber = options.force ? undefined : findClobber(written(tree), written(after.tree));
    if (clobber !== undefined) throw new ConfigError([clobber]);
    return after;
  } catch (error) {
    const text = texts.get(place.path);
    const keeps = error instanceof ConfigError && !options.validateOnly && typeof text === "string";
    if (keeps) await keepRejected(place.path, text, place.clock.nowMs());
    throw error;
  }
}

function written(tree: ConfigTree | undefined): WrittenConfig {
  return { text: tree?.files.map(({ text }) => text).join("") ?? "", value: tree?.written };
}

/** Compared with defaults when nothing runs and what is on the disk cannot be used. */
async function planFor(
  place: DocumentPlace,
  after: LoadedConfig,
  running: LoadedConfig | undefined,
): Promise<PlannedChange[]> {
  const { configJsonSchema } = await import("../config-schema.ts");
  const before = running ?? (await readDisk(place.surroundings, place.check)).loaded;
  return planReload(before?.config ?? defaultConfig, after.config, configJsonSchema());
}
