/**
 * The crash-loop breaker: which starts of the gateway ended without a stop, and whether the next one should be careful.
 *
 * Three of them within five minutes mean that something a gateway does by itself kills it. It then starts with channels and
 * jobs held back, so that its API answers and a person can put things right; when the window has drained, they start, too.
 */

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../lib/clock.ts";

/** How a gateway is to run: "safe" holds back what it would do by itself. */
export interface StartMode {
  readonly mode: "normal" | "safe";
  /** Why, for logs and status; empty while normal. */
  readonly reason: string;
  /** When a safe gateway may do everything again, ms since the epoch; undefined while normal. */
  readonly untilMs: number | undefined;
}

const limit = { boots: 3, windowMs: 300_000 };

/** Far more than fit into a window; a file does not grow with every crash. */
const keptBoots = 20;

/** The record of one state directory, kept in `boots.json`. Only the holder of its lock may use it. */
export class BootRecord {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #startTimeMs: number;
  /** When earlier gateways started that did not end by a stop. */
  readonly #unclean: readonly number[];

  /** Writes down that a gateway starts now: it counts as crashed until `stopped`. */
  constructor(stateDir: string, clock: Clock) {
    this.#path = join(stateDir, "boots.json");
    this.#clock = clock;
    this.#startTimeMs = clock.nowMs();
    this.#unclean = readTimes(this.#path).slice(-keptBoots);
    this.#write([...this.#unclean, this.#startTimeMs]);
  }

  /** How the gateway is to run now; ask again as time passes. A clock that was set back makes old crashes not count. */
  get startMode(): StartMode {
    const nowMs = this.#clock.nowMs();
    const recent = this.#unclean.filter((time) => time > nowMs - limit.windowMs && time <= this.#startTimeMs);
    const decisive = recent.at(-limit.boots);
    if (decisive === undefined) return { mode: "normal", reason: "", untilMs: undefined };
    const untilMs = decisive + limit.windowMs;
    const until = new Date(untilMs).toISOString();
    const reason = `the gateway crashed ${recent.length} times within 5 minutes; channels and jobs are held back until ${until}`;
    return { mode: "safe", reason, untilMs };
  }

  /** The gateway ends as it should. */
  stopped(): void {
    this.#write(this.#unclean);
  }

  #write(times: readonly number[]): void {
    writeFileSync(`${this.#path}.new`, `${JSON.stringify({ unclean: times })}\n`, { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

/** A file that is missing or damaged tells of no crash: it must not keep a gateway from starting. */
function readTimes(path: string): number[] {
  try {
    const { unclean } = JSON.parse(readFileSync(path, "utf8")) as { readonly unclean?: unknown };
    return Array.isArray(unclean) ? unclean.filter((time) => typeof time === "number") : [];
  } catch {
    return [];
  }
}
