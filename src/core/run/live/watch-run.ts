/** Follows one run from whatever a reader holds to its end. */

import type { Run } from "../../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Clock } from "../../../lib/clock.ts";
import { Wakeup } from "../../../lib/wakeup.ts";
import { type Failure, notFound } from "../../errors.ts";
import { requireRunName } from "../../names.ts";
import type { ReadTables, Store } from "../../store.ts";
import { isEnded } from "../run-state.ts";
import { type HeldBlock, type LiveFrame, LiveReader } from "./live-reader.ts";
import { LiveRun } from "./live-run.ts";
import type { LiveRuns } from "./live-runs.ts";
import { findOutputs, replayOutputs } from "./tool-call.ts";

/** One frame of a watched run. */
export type RunFrame =
  | LiveFrame
  | { readonly case: "run"; readonly value: Run }
  | { readonly case: "heartbeat"; readonly nowMs: number };

/** What to follow, and until when. */
export interface WatchRun {
  readonly name: string;
  readonly held: readonly HeldBlock[];
  /** The reader is gone. */
  readonly signal: AbortSignal;
}

/** What a watch is built from. */
export interface RunWatchParts {
  readonly store: Store;
  readonly liveRuns: LiveRuns;
  readonly clock: Clock;
  readonly heartbeatMs: number;
}

/** Opens watches. */
export class RunWatch {
  readonly #parts: RunWatchParts;
  readonly #closing = new AbortController();

  constructor(parts: RunWatchParts) {
    this.#parts = parts;
  }

  /** Every watch ends soon with `why`; readers come back with what they hold. */
  close(why: Failure): void {
    this.#closing.abort(why);
  }

  /** The run first unless it has ended, then its output, each byte once; the terminal run last. Fails with NOT_FOUND. */
  async *watch({ name, held, signal }: WatchRun): AsyncGenerator<RunFrame, void> {
    requireRunName(name, "name");
    const live = await this.#open(name);
    const reader = new LiveReader(live, held);
    // Made when it is waited for: most who come late only read what has ended.
    let either: AbortSignal | undefined;
    let shown: Run | undefined;
    for (;;) {
      if (live.run !== shown && !live.ended) {
        shown = live.run;
        yield { case: "run", value: shown };
        continue;
      }
      const frame = reader.next();
      if (frame !== undefined) {
        yield frame;
        continue;
      }
      if (live.ended && isEnded(live.run)) break;
      this.#closing.signal.throwIfAborted();
      if (signal.aborted) return;
      either ??= AbortSignal.any([signal, this.#closing.signal]);
      if ((await live.changed.wait(this.#parts.heartbeatMs, either)) === "timeout") {
        yield { case: "heartbeat", nowMs: this.#parts.clock.nowMs() };
      }
    }
    yield { case: "run", value: live.run };
  }

  /** The run's output while it is worked on or waits; what the transcript holds of it afterwards. */
  async #open(name: string): Promise<LiveRun> {
    const { store, liveRuns } = this.#parts;
    const known = liveRuns.find(name);
    if (known !== undefined) return known;
    const first = await store.read((tables) => findRun(tables, name));
    if (first.replayed !== undefined) return first.replayed;
    const live = liveRuns.open(first.run);
    const second = await store.read((tables) => findRun(tables, name));
    if (second.replayed === undefined) return live;
    liveRuns.end(second.run);
    return live.entries.length > 0 ? live : second.replayed;
  }
}

/** The run, and what the transcript holds of its output when it has ended. Fails with NOT_FOUND. */
async function findRun({ runs, messages }: ReadTables, name: string): Promise<{ run: Run; replayed?: LiveRun }> {
  const record = await runs.find(name);
  if (record === undefined) throw notFound(name);
  const { run } = record;
  if (!isEnded(run)) return { run };
  const replayed = new LiveRun(run, new Wakeup());
  replayOutputs(replayed, await findOutputs(messages, run));
  replayed.end(run);
  return { run, replayed };
}
