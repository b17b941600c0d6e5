/** The configuration a command is about, as commands see it, and what they are told of it. */

import type { PlannedChange } from "../../config/reload/reload-plan.ts";

/** A value to be written; undefined removes what is there. */
export interface WantedEdit {
  /** As operators write it. */
  readonly path: string;
  readonly value: unknown;
}

/** A change, and on which conditions it is made. */
export interface WantedChange {
  readonly edits: readonly WantedEdit[];
  /** A merge patch, made after the edits. */
  readonly patch?: unknown;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly note: string;
  readonly etag: string | undefined;
  readonly confirmWithinMs: number | undefined;
}

/** What is true of every change, a rollback included. */
export type ChangeTerms = Omit<WantedChange, "edits" | "patch">;

/** One key that differs, in plain words. */
export interface ChangedKey {
  readonly key: string;
  readonly effect: "live" | "part" | "gateway";
  readonly part?: string;
  /** Undefined when nothing was done about it, because it was only asked, or no gateway runs. */
  readonly outcome?: "applied" | "restarting" | "waiting";
}

/** A change nobody has done anything about yet. */
export function changedKey({ key, effect }: PlannedChange): ChangedKey {
  return { key, effect: effect.kind, ...(effect.kind === "part" && { part: effect.part }) };
}

/** What came of a change. */
export interface ChangeReport {
  /** Number of the new revision; undefined when nothing was written. */
  readonly revision: number | undefined;
  readonly etag: string;
  readonly changes: readonly ChangedKey[];
  readonly warnings: readonly string[];
  /** ISO time at which the change is taken back, unless it is confirmed. */
  readonly confirmBy?: string;
}

/** What is on the disk, and in force. */
export interface ConfigState {
  readonly path: string;
  readonly etag: string;
  /** Undefined when no gateway runs. */
  readonly appliedEtag: string | undefined;
  /** Without secrets. Undefined when it cannot be read. */
  readonly document: unknown;
  /** One line each. */
  readonly problems: readonly string[];
  /** What waits for a restart, or to be told to. */
  readonly pending: readonly ChangedKey[];
  readonly confirmBy?: string;
}

/** One entry of the history. */
export interface RevisionReport {
  readonly number: number;
  readonly etag: string;
  readonly timeMs: number;
  readonly author: string;
  readonly note: string;
  readonly current: boolean;
  /** Empty unless asked for. */
  readonly diff: string;
}

/** The configuration, wherever it is. */
export interface ConfigTarget {
  /** "gateway" when one runs and applies what is changed. */
  readonly kind: "gateway" | "file";
  /** With "file": a gateway runs all the same, and takes over by itself what is written. */
  readonly watched: boolean;
  state(withDefaults: boolean): Promise<ConfigState>;
  change(wanted: WantedChange): Promise<ChangeReport>;
  rollBack(revision: number, terms: ChangeTerms): Promise<ChangeReport>;
  /** Newest first, at most so many. */
  history(limit: number, withDiff: boolean): Promise<readonly RevisionReport[]>;
  confirm(revision: number | undefined): Promise<void>;
  /** Applies what is on the disk. Fails when no gateway runs. */
  reload(): Promise<ChangeReport>;
}
