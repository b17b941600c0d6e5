/** The clock of a change that takes itself back, over restarts and crashes. */

import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { configError } from "../config-error.ts";
import type { Confirmation, ConfirmationFile } from "./confirmation.ts";

/** What a reversion is built from. */
export interface ReversionParts {
  readonly file: ConfirmationFile;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes the change back. */
  readonly revert: (confirmation: Confirmation) => Promise<void>;
}

/** A change that is about to be written. */
export interface ExpectedChange {
  readonly etag: string;
  readonly revertTo: number;
  /** Undefined: it stays. */
  readonly withinMs: number | undefined;
}

/** At most one change waits at a time. */
export class Reversion {
  readonly #parts: ReversionParts;
  #waiting: Confirmation | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ReversionParts) {
    this.#parts = parts;
  }

  get waiting(): Confirmation | undefined {
    return this.#waiting;
  }

  /** Goes on waiting for what waited before a restart; takes it back at once when its time is over. */
  async start(): Promise<void> {
    const waiting = await this.#parts.file.read();
    if (waiting !== undefined) this.#wait(waiting);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /**
   * Called before a change is written, so that a crash between the two finds it. Throws a ConfigError while another one waits;
   * a change back to where that one came from is what settles it.
   */
  async expect({ etag, revertTo, withinMs }: ExpectedChange): Promise<void> {
    const { file, clock } = this.#parts;
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      throw configError(
        `revision ${waiting.revision}`,
        "waits to be confirmed",
        "confirm it, or let its time pass: openclaw config confirm",
      );
    }
    if (withinMs === undefined) return;
    // The revision of the change is the one after that of what it replaces.
    const confirmation = { etag, revision: revertTo + 1, revertTo, expireTimeMs: clock.nowMs() + withinMs };
    await file.write(confirmation);
    this.#wait(confirmation);
  }

  /** False when nothing waits, or another revision. */
  async confirm(revision: number | undefined): Promise<boolean> {
    if (this.#waiting === undefined || (revision ?? this.#waiting.revision) !== this.#waiting.revision) return false;
    await this.#settle();
    return true;
  }

  async #settle(): Promise<void> {
    clearTimeout(this.#timer);
    this.#waiting = undefined;
    await this.#parts.file.remove();
  }

  #wait(confirmation: Confirmation): void {
    this.#waiting = confirmation;
    const { clock, log } = this.#parts;
    const restMs = Math.max(0, confirmation.expireTimeMs - clock.nowMs());
    this.#timer = setTimeout(() => {
      this.#expire(confirmation).catch((error: unknown) => {
        log.error(
          { err: error },
          "a change that was not confirmed could not be taken back; openclaw config rollback does",
        );
      });
    }, restMs);
  }

  async #expire(confirmation: Confirmation): Promise<void> {
    this.#waiting = undefined;
    await this.#parts.revert(confirmation);
    await this.#parts.file.remove();
  }
}
