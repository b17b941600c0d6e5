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

  /** Goes on waiting for what waited before a stop, if that is what is on the disk; takes it back when its time is over. */
  async start(etag: string): Promise<void> {
    const waiting = await this.#parts.file.read();
    if (waiting?.etag === etag) this.#wait(waiting);
    else if (waiting !== undefined) await this.#parts.file.remove();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /**
   * Called before a change is written, so that a crash between the two finds it. Throws a ConfigError while another one waits,
   * unless that one is superseded.
   */
  async expect({ etag, revertTo, withinMs }: ExpectedChange, supersedes: boolean): Promise<void> {
    const { file, clock } = this.#parts;
    const waiting = this.#waiting;
    if (supersedes) await this.#settle();
    else if (waiting !== undefined) {
      throw configError(
        `revision ${waiting.revision}`,
        "waits to be confirmed",
        "openclaw config confirm keeps it, openclaw config rollback takes it back",
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
