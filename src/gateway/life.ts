/** Where a gateway is in its life, as the door and the commands tell it. */

import type { HeldBack } from "../core/hold-back.ts";
import { systemClock } from "../lib/clock.ts";
import type { ServerState } from "../server/server-options.ts";

/** The state of a gateway from its first moment to its last. */
export class Life {
  #startTimeMs = systemClock.nowMs();
  #state: ServerState = { state: "starting", reason: "the gateway is starting" };
  readonly #heldBack: () => HeldBack | undefined;

  /** `heldBack` is asked whenever the state is. */
  constructor(heldBack: () => HeldBack | undefined) {
    this.#heldBack = heldBack;
  }

  /** When it started, or restarted in place; ms since the epoch. */
  get startTimeMs(): number {
    return this.#startTimeMs;
  }

  /** The state; a store that refuses changes is part of it. */
  state(readOnlyReason: string | undefined): ServerState {
    if (this.#state.state !== "ready") return this.#state;
    if (readOnlyReason !== undefined) return { state: "readOnly", reason: readOnlyReason };
    return { state: "ready", reason: this.#heldBack()?.reason ?? "" };
  }

  ready(): void {
    this.#state = { state: "ready", reason: "" };
  }

  drain(reason: string): void {
    this.#state = { state: "draining", reason };
  }

  /** What serves from now on is new. Two starts never have the same time, by which they are told apart. */
  restarted(): void {
    this.#startTimeMs = Math.max(systemClock.nowMs(), this.#startTimeMs + 1);
  }
}
