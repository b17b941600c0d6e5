/** The newest runs, each as it is now. */

import type { Run } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import { millis } from "./dom.ts";

/** Holds so many at most, however long the page is open. */
export class NewestRuns {
  readonly #runs = new Map<string, Run>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many are held. */
  get size(): number {
    return this.#runs.size;
  }

  /** Takes a run, or what became of it. */
  put(run: Run): void {
    this.#runs.set(run.name, run);
    const oldest = this.#runs.size > this.#most ? this.list().at(-1) : undefined;
    if (oldest !== undefined) this.#runs.delete(oldest.name);
  }

  /** Newest first. */
  list(): Run[] {
    return [...this.#runs.values()].sort((a, b) => millis(b.createTime) - millis(a.createTime));
  }
}
