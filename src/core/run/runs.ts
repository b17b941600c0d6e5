/** Runs as a collection: get, list, cancel, sum up. */

import {
  type Run,
  type Run_Trigger,
  Run_State as State,
  Run_Trigger as Trigger,
} from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { encodePageToken } from "../../lib/page-token.ts";
import { invalidField, notFound } from "../errors.ts";
import { idOf, requireRunName, requireSessionName, sessionOf } from "../names.ts";
import { conditions, enumValue, pageKey, pageSize, withinPage } from "../paging.ts";
import type { Recorder } from "../recorder.ts";
import { cancelRun } from "../session/stop-session.ts";
import type { Store } from "../store.ts";
import type { LiveRuns } from "./live/live-runs.ts";
import type { RunDispatcher } from "./run-dispatcher.ts";
import type { RunEffects } from "./run-effects.ts";
import { isActive, isEnded, runBytes } from "./run-state.ts";
import type { RunQuery, RunRecord } from "./run-table.ts";
import { startNext } from "./run-transitions.ts";

const maxReasonLength = 256;

/** A page of runs, newest first. */
export interface RunPage {
  readonly runs: readonly Run[];
  readonly nextPageToken: string;
  /** Event-log position it reflects. */
  readonly sequence: number;
}

/** What to list. */
export interface ListRuns {
  /** "sessions/{session}" or "sessions/-". */
  readonly parent: string;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly filter: string;
}

/** What to cancel, and on whose behalf. */
export interface CancelRun {
  readonly name: string;
  readonly reason: string;
  /** Also cancel what waits behind it. */
  readonly drainQueue: boolean;
  readonly actor: string;
}

/** What runs are built from. */
export interface RunsParts {
  readonly store: Store;
  readonly dispatcher: RunDispatcher;
  readonly liveRuns: LiveRuns;
}

/** The runs of the gateway. */
export class Runs {
  readonly #parts: RunsParts;

  constructor(parts: RunsParts) {
    this.#parts = parts;
  }

  /** Fails with NOT_FOUND. */
  get(name: string): Promise<{ run: Run; sequence: number }> {
    requireRunName(name, "name");
    return this.#parts.store.read(async ({ runs, events }) => {
      const record = await runs.find(name);
      if (record === undefined) throw notFound(name);
      return { run: record.run, sequence: await events.head() };
    });
  }

  list(request: ListRuns): Promise<RunPage> {
    const session = request.parent === "sessions/-" ? undefined : requireSessionName(request.parent, "parent");
    const query = `runs ${request.parent} ${request.filter}`;
    const key = pageKey(request.pageToken, query, ["string"]);
    const limit = pageSize(request.pageSize);
    const rows = { ...runFilter(request.filter), session, beforeId: key?.[0] as string | undefined, limit: limit + 1 };
    return this.#parts.store.read(async ({ runs, sessions, events }) => {
      if (session !== undefined && (await sessions.find(session)) === undefined) throw notFound(session);
      const records = await runs.list(rows);
      const found = records.slice(0, limit).map((record) => record.run);
      const page = withinPage(found, runBytes);
      const last = page.at(-1);
      const more = records.length > page.length && last !== undefined;
      const nextPageToken = more ? encodePageToken(query, [idOf(last.name)]) : "";
      return { runs: page, nextPageToken, sequence: await events.head() };
    });
  }

  /** Cancels a run that has not ended; one that has is returned unchanged. What it had said is kept. Fails with NOT_FOUND. */
  cancel(request: CancelRun): Promise<Run> {
    requireRunName(request.name, "name");
    if (request.reason.length > maxReasonLength) {
      throw invalidField("reason", `is longer than ${maxReasonLength} characters`);
    }
    const { dispatcher } = this.#parts;
    return dispatcher.change(request.actor, async (recorder, effects) => {
      const record = await recorder.tables.runs.find(request.name);
      if (record === undefined) throw notFound(request.name);
      const session = sessionOf(request.name);
      if (request.drainQueue) {
        const queued = await recorder.tables.runs.listQueued(session);
        const own = queued.findIndex(({ run }) => run.name === request.name);
        for (const behind of queued.slice(own + 1)) await this.#cancel(recorder, effects, { record: behind, request });
      }
      if (isEnded(record.run)) return record.run;
      const cancelled = await this.#cancel(recorder, effects, { record, request });
      await startNext(recorder, effects, { session, handover: isActive(record.run) });
      return cancelled.run;
    });
  }

  #cancel(
    recorder: Recorder,
    effects: RunEffects,
    { record, request }: { record: RunRecord; request: CancelRun },
  ): Promise<RunRecord> {
    const { liveRuns } = this.#parts;
    const reason = request.reason === "" ? "cancelled by request" : request.reason;
    return cancelRun(recorder, effects, { record, liveRuns, reason });
  }
}

function runFilter(
  filter: string,
): Partial<Record<"cause" | "model" | "agent", string>> & Pick<RunQuery, "state" | "trigger"> {
  const query: { state?: State; trigger?: Run_Trigger; cause?: string; model?: string; agent?: string } = {};
  for (const condition of conditions(filter, ["state", "trigger", "cause", "model", "agent"])) {
    if (condition.field === "state") query.state = enumValue(condition, State);
    else if (condition.field === "trigger") query.trigger = enumValue(condition, Trigger);
    else query[condition.field as "cause" | "model" | "agent"] = condition.value;
  }
  return query;
}
