/** Whether the store can be changed, and what its callers are told when it cannot. */

import { dirname } from "node:path";
import { type Failure, readOnly } from "../core/errors.ts";
import type { Log } from "../lib/log.ts";
import { errorWords } from "../lib/text/error-words.ts";
import { type DatabaseFile, damageText } from "./database-file.ts";
import { troubleOf } from "./sqlite/sqlite-error.ts";

/** What is watched, and who is told. */
export interface StoreHealthOptions {
  readonly file: DatabaseFile;
  readonly log: Log;
  /** Called once, when the file turns out to be damaged; every change fails with `refusal` from then on. */
  readonly damaged: (refusal: Failure) => void;
}

/** Makes words of what SQLite reports. Damage lasts until the file is replaced; a full disk does not. */
export class StoreHealth {
  readonly #options: StoreHealthOptions;
  #damage: string | undefined;
  #refusing = false;

  constructor(options: StoreHealthOptions) {
    const { file, log } = options;
    this.#options = options;
    this.#damage = file.damage;
    if (file.damage !== undefined) log.error({ path: file.path }, `the store is read-only: ${file.damage}`);
  }

  /** What is wrong with the file, in words that say what to do; undefined when nothing is known to be. */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** A commit went through. */
  committed(): void {
    if (this.#refusing) this.#options.log.info({}, "the store takes changes again");
    this.#refusing = false;
  }

  /** What a reader is told; errors that are not about the file come back as they are. */
  explainRead(error: unknown): unknown {
    return troubleOf(error) === "damaged" ? new Error(this.#becomeReadOnly(error), { cause: error }) : error;
  }

  /** What somebody is told who wanted to change something; errors that are not about the file come back as they are. */
  explainWrite(error: unknown): unknown {
    const trouble = troubleOf(error);
    if (trouble === undefined) return error;
    if (trouble === "damaged") return readOnly(this.#becomeReadOnly(error), error);
    const { path } = this.#options.file;
    const detail = errorWords(error);
    const why = {
      full: `the disk of ${dirname(path)} is full; free some space`,
      blocked: `another program keeps ${path} locked; stop it`,
      unwritable: `${path} cannot be written (${detail}); check the disk and its permissions`,
    }[trouble];
    if (!this.#refusing) this.#options.log.error({ path, detail }, `the store takes no changes: ${why}`);
    this.#refusing = true;
    return readOnly(why, error);
  }

  #becomeReadOnly(error: unknown): string {
    if (this.#damage !== undefined) return this.#damage;
    const { file, log, damaged } = this.#options;
    const reason = damageText(file.path, errorWords(error));
    this.#damage = reason;
    log.error({ path: file.path }, `the store is read-only from now on: ${reason}`);
    damaged(readOnly(reason, error));
    return reason;
  }
}
