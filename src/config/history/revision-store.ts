/** Every text the configuration had, newest last, up to a bound: `config-history/` in the state folder, a file a revision. */

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FaultPoint } from "../../lib/fault-point.ts";
import { type ConfigError, configError } from "../config-error.ts";
import { writeAtomically } from "../edit/atomic-write.ts";
import { readStateJson } from "../file/state-file.ts";

const folderName = "config-history";

/** Revisions that are kept. */
export const maxRevisions = 100;

/** Author of what nobody told the gateway. */
export const byHand = "edit by hand";

/** One file of a revision. */
export interface RevisionFile {
  /** From the folder of the configuration; absolute for a file elsewhere. The first one is the configuration itself. */
  readonly path: string;
  readonly text: string;
}

/** What is known of a revision. */
export interface RevisionFacts {
  /** Etag of the configuration. */
  readonly etag: string;
  readonly timeMs: number;
  /** Principal that made it, or `byHand`. */
  readonly author: string;
  /** In the author's words; may be empty. */
  readonly note: string;
}

/** A configuration as it once was. */
export interface Revision extends RevisionFacts {
  /** Counts from 1, without gaps while none is dropped. */
  readonly number: number;
  /** The file itself first, then those it includes; none when there was no file. */
  readonly files: readonly RevisionFile[];
}

/** No revision with this number is kept. */
export function noRevision(number: number): ConfigError {
  return configError(`revision ${number}`, "is not kept", "see: openclaw config history");
}

/** The revisions of one state folder. One process at a time adds to them. */
export class RevisionStore {
  readonly #folder: string;

  constructor(stateDir: string) {
    this.#folder = join(stateDir, folderName);
  }

  /** Numbers of those that are kept, oldest first. */
  async numbers(): Promise<number[]> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
      throw configError(this.#folder, `cannot be read (${error.code})`, "run as the user the gateway runs as");
    });
    return names
      .flatMap((name) => /^(\d{8})\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((one, other) => one - other);
  }

  /** Says what is about to be written, so that after a crash it is known who wrote it. */
  async intend(facts: RevisionFacts, reached?: FaultPoint): Promise<void> {
    await writeAtomically(this.#intentPath, `${JSON.stringify(facts)}\n`, reached);
  }

  /** Who wrote the configuration with this etag, if that was said before a crash. */
  async intended(etag: string): Promise<RevisionFacts | undefined> {
    const facts = await readStateJson(this.#intentPath);
    return isFacts(facts) && facts.etag === etag ? facts : undefined;
  }

  /** The newest; undefined when there is none, or it cannot be read. */
  async newest(): Promise<Revision | undefined> {
    const last = (await this.numbers()).at(-1);
    return last === undefined ? undefined : await this.find(last);
  }

  /** The revision with this number; undefined when it is not kept, or its file was damaged. */
  async find(number: number): Promise<Revision | undefined> {
    const read = await readStateJson(this.#path(number));
    return isRevision(read) ? { ...read, number } : undefined;
  }

  /** Adds one, and drops the oldest beyond the bound. Resolves when it is safe on disk. */
  async add(facts: RevisionFacts, files: readonly RevisionFile[], reached?: FaultPoint): Promise<Revision> {
    const numbers = await this.numbers();
    const number = (numbers.at(-1) ?? 0) + 1;
    const revision = { number, ...facts, files };
    await writeAtomically(this.#path(number), `${JSON.stringify(revision)}\n`, reached);
    const dropped = numbers.slice(0, Math.max(0, numbers.length + 1 - maxRevisions));
    for (const old of dropped) await rm(this.#path(old), { force: true });
    return revision;
  }

  get #intentPath(): string {
    return join(this.#folder, "intent.json");
  }

  #path(number: number): string {
    return join(this.#folder, `${String(number).padStart(8, "0")}.json`);
  }
}

function isRevision(value: unknown): value is Omit<Revision, "number"> {
  if (!isFacts(value)) return false;
  const { files } = value as { files?: unknown };
  return Array.isArray(files) && files.every(isFile);
}

function isFacts(value: unknown): value is RevisionFacts {
  if (typeof value !== "object" || value === null) return false;
  const { etag, timeMs, author, note } = value as Partial<Record<keyof RevisionFacts, unknown>>;
  return [etag, author, note].every((text) => typeof text === "string") && typeof timeMs === "number";
}

function isFile(value: unknown): value is RevisionFile {
  if (typeof value !== "object" || value === null) return false;
  const { path, text } = value as Partial<Record<keyof RevisionFile, unknown>>;
  return typeof path === "string" && typeof text === "string";
}
