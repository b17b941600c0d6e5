/** The runs this process is working on, or somebody waits for, by name. */

import type { Run } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import { Wakeup } from "../../../lib/wakeup.ts";
import { LiveRun } from "./live-run.ts";

/** Finds the live output of runs. */
export class LiveRuns {
  readonly #byName = new Map<string, LiveRun>();
  /** Rings when any live run changes. */
  readonly changed = new Wakeup();

  find(name: string): LiveRun | undefined {
    return this.#byName.get(name);
  }

  /** The run's output, made empty when nobody asked for it yet. */
  open(run: Run): LiveRun {
    const known = this.#byName.get(run.name);
    if (known !== undefined) return known;
    const live = new LiveRun(run, this.changed);
    this.#byName.set(run.name, live);
    return live;
  }

  /** The run ended: readers that hold it read on, new ones read the transcript. */
  end(run: Run): void {
    this.#byName.get(run.name)?.end(run);
    this.#byName.delete(run.name);
  }

  /** Every live run. */
  all(): IterableIterator<LiveRun> {
    return this.#byName.values();
  }
}
