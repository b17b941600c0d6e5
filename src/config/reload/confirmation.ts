/** A change that takes itself back: what waits to be confirmed, kept in the state folder so that a crash changes nothing. */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { FaultPoint } from "../../lib/fault-point.ts";
import { writeAtomically } from "../edit/atomic-write.ts";
import { readStateJson } from "../file/state-file.ts";

/** What waits. */
export interface Confirmation {
  /** Etag of the change. */
  readonly etag: string;
  /** Number of its revision. */
  readonly revision: number;
  /** Number of the revision that is written when nobody confirms. */
  readonly revertTo: number;
  /** When, ms since the epoch. */
  readonly expireTimeMs: number;
}

/** The one that waits in a state folder. */
export class ConfirmationFile {
  readonly #path: string;

  constructor(stateDir: string) {
    this.#path = join(stateDir, "config-confirmation.json");
  }

  /** Undefined when nothing waits. Throws a ConfigError when it cannot be read. */
  async read(): Promise<Confirmation | undefined> {
    const value = await readStateJson(this.#path);
    return isConfirmation(value) ? value : undefined;
  }

  /** Keeps it; resolves when it is safe on disk. */
  async write(confirmation: Confirmation, reached?: FaultPoint): Promise<void> {
    await writeAtomically(this.#path, `${JSON.stringify(confirmation)}\n`, reached);
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}

function isConfirmation(value: unknown): value is Confirmation {
  if (typeof value !== "object" || value === null) return false;
  const { etag, ...numbers } = value as Partial<Record<keyof Confirmation, unknown>>;
  const counted = [numbers.revision, numbers.revertTo, numbers.expireTimeMs].every((one) => Number.isSafeInteger(one));
  return typeof etag === "string" && counted;
}
