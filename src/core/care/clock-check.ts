/** Does the wall clock run as time does? Schedules, leases and logs go by it. */

import type { Finding } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Check } from "./check.ts";
import { warningFinding } from "./findings.ts";

/** Corrections by a time service stay below this; a suspended machine does not. */
const maxDriftMs = 5_000;

/** Compares the clock with the monotonic one since it was made, and with the newest event. */
export class ClockCheck implements Check {
  readonly id = "clock";
  readonly #clock: Clock;
  readonly #newestEventMs: () => Promise<number | undefined>;
  readonly #offsetMs: number;

  /** `newestEventMs` is when the newest event was written, ms since the epoch. */
  constructor(clock: Clock, newestEventMs: () => Promise<number | undefined>) {
    this.#clock = clock;
    this.#newestEventMs = newestEventMs;
    this.#offsetMs = clock.nowMs() - performance.now();
  }

  async run(): Promise<Finding[]> {
    const nowMs = this.#clock.nowMs();
    const driftMs = nowMs - performance.now() - this.#offsetMs;
    const newestMs = (await this.#newestEventMs()) ?? 0;
    return [...this.#jump(driftMs), ...this.#future(newestMs - nowMs)];
  }

  #jump(driftMs: number): Finding[] {
    if (Math.abs(driftMs) < maxDriftMs) return [];
    const direction = driftMs > 0 ? "forward" : "back";
    return [
      warningFinding({
        check: this.id,
        subject: "wall clock",
        reason: `it jumped ${direction} by ${Math.round(Math.abs(driftMs) / 1_000)} s since the gateway started, or the machine slept`,
        fix: "let a time service keep the clock, and restart the gateway: openclaw gateway restart",
      }),
    ];
  }

  #future(aheadMs: number): Finding[] {
    if (aheadMs < maxDriftMs) return [];
    return [
      warningFinding({
        check: this.id,
        subject: "event log",
        reason: `its newest event is ${Math.round(aheadMs / 1_000)} s in the future: the clock was set back`,
        fix: "let a time service keep the clock; new events go on in order all the same",
      }),
    ];
  }
}
