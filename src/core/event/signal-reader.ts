/** The live output of many runs, as one reader of events hears it. */

import type { Delta } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { LiveReader } from "../run/live/live-reader.ts";
import type { LiveRun } from "../run/live/live-run.ts";
import type { LiveRuns } from "../run/live/live-runs.ts";
import type { SubjectFilter } from "./subjects.ts";

/** Reads the live output of every run a reader wants to hear of. A run that ended is read to its end first. */
export class SignalReader {
  readonly #liveRuns: LiveRuns;
  readonly #wanted: SubjectFilter;
  #readers = new Map<LiveRun, LiveReader>();
  /** True when the last read left something behind. */
  pending = false;

  constructor(liveRuns: LiveRuns, wanted: SubjectFilter) {
    this.#liveRuns = liveRuns;
    this.#wanted = wanted;
  }

  /** What was said since the last read; about 64 KiB a run at most. */
  read(): Delta[] {
    const readers = new Map<LiveRun, LiveReader>();
    for (const live of this.#liveRuns.all()) {
      if (!this.#wanted(live.run.name)) continue;
      readers.set(live, this.#readers.get(live) ?? new LiveReader(live, []));
    }
    for (const [live, reader] of this.#readers) if (!readers.has(live)) readers.set(live, reader);
    const deltas: Delta[] = [];
    this.pending = false;
    for (const [live, reader] of readers) {
      const delta = nextDelta(reader);
      if (delta !== undefined) {
        deltas.push(delta);
        this.pending = true;
      } else if (live.ended) readers.delete(live);
    }
    this.#readers = readers;
    return deltas;
  }
}

function nextDelta(reader: LiveReader): Delta | undefined {
  for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
    if (frame.case === "delta") return frame.value;
  }
  return undefined;
}
