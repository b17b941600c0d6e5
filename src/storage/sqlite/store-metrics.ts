/** Numbers about the store: commits, how many transactions share one, how long the disk takes, how large the file is. */

import { Gauge, Histogram, type Metric } from "../../lib/telemetry/metrics.ts";
import type { CommittedBatch } from "./group-commit.ts";

/** Counts commits. */
export class StoreMetrics {
  readonly #batches = new Histogram(
    { name: "openclaw_store_commit_transactions", help: "Transactions that shared a commit, and its fsync." },
    [1, 2, 4, 8, 16, 32, 64],
  );
  readonly #seconds = new Histogram(
    { name: "openclaw_store_commit_seconds", help: "How long a commit took on the disk." },
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
  );
  readonly #bytes: Gauge;

  /** `sizes` is asked whenever somebody reads. */
  constructor(sizes: () => { readonly databaseBytes: number; readonly logBytes: number }) {
    this.#bytes = new Gauge({ name: "openclaw_store_bytes", help: "Bytes on disk, by file.", labels: ["file"] }, () => {
      const { databaseBytes, logBytes } = sizes();
      return [
        [["database"], databaseBytes],
        [["write_ahead_log"], logBytes],
      ];
    });
  }

  /** All of them. */
  get all(): [Metric, ...Metric[]] {
    return [this.#batches, this.#seconds, this.#bytes];
  }

  /** Counts one commit. */
  observe({ transactions, commitMs }: CommittedBatch): void {
    this.#batches.observe(transactions);
    this.#seconds.observe(commitMs / 1_000);
  }
}
