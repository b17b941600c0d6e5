/** Whether the store can be changed, and what its callers are told when it cannot. */

import { dirname } from "node:path";
import { type Failure, readOnly } from "../core/errors.ts";
import type { Log } from "../lib/log.ts";
import { errorWords } from "../lib/text/error-words.ts";
import { type DatabaseFile, damageText } from "./database-file.ts";
import { troubleOf } from "./sqlite/sqlite-error.ts";

/** How often a store that refuses changes is tried again, in ms. */
const retryMs = 2_000;

/** What is watched, and who is told. */
export interface StoreHealthOptions {
  readonly file: DatabaseFile;
  readonly log: Log;
  /** Called once, when the file turns out to be damaged; every change fails with `refusal` from then on. */
  readonly damaged: (refusal: Failure) => void;
  /** Changes nothing, but on the disk: fails when no change could be kept. False when it cannot be tried just now. */
  readonly tryWrite: () => boolean;
}

/**
 * Makes words of what SQLite reports. Damage lasts until the file is replaced; a full disk does not, and is tried again until
 * it takes something, so that whoever sends no work to a gateway that refuses it learns when to.
 */
export class StoreHealth {
  readonly #options: StoreHealthOptions;
  #damage: string | undefined;
  #refusal: string | undefined;
  #retry: NodeJS.Timeout | undefined;

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

  /** Why changes are refused now: damage, or what may pass; undefined while they are taken. */
  get refusal(): string | undefined {
    return this.#damage ?? this.#refusal;
  }

  /** Something was written. */
  committed(): void {
    if (this.#refusal === undefined) return;
    this.#options.log.info({}, "the store takes changes again");
    this.#refusal = undefined;
    this.close();
  }

  /** Tries no more. */
  close(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
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
    if (this.#refusal === undefined) this.#options.log.error({ path, detail }, `the store takes no changes: ${why}`);
    this.#refusal = why;
    this.#retry ??= setTimeout(() => this.#tryAgain(), retryMs).unref();
    return readOnly(why, error);
  }

  #tryAgain(): void {
    this.#retry = undefined;
    try {
      if (this.#options.tryWrite()) this.committed();
      else this.#retry = setTimeout(() => this.#tryAgain(), retryMs).unref();
    } catch (error) {
      this.explainWrite(error);
    }
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
