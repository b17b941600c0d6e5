/** What the store remembers of runs. */

import type { Run } from "../../../gen/openclaw/gateway/v1/run_pb.ts";

/** A run with what only the gateway needs to know about it. */
export interface RunRecord {
  /** The run as clients see it. */
  readonly run: Run;
  /** Bumped whenever somebody starts to work on the run; late writes of an older epoch are refused. */
  readonly epoch: number;
  /** Order among queued runs of a session: lower first, then older first. 1, or for an interrupting run less than all that wait. */
  readonly rank: number;
  /** A queued run does not start before this moment (collecting waits for more), ms since the epoch; 0 means at once. */
  readonly readyTimeMs: number;
  /** Bytes of input it holds while it waits. */
  readonly inputBytes: number;
  /** True for a run made by COLLECT while it waits: more input may join it. */
  readonly collecting: boolean;
}

/** Which runs, newest first by id. */
export interface RunQuery {
  /** "sessions/{session}"; absent means all sessions. */
  readonly session?: string;
  readonly state?: Run["state"];
  readonly trigger?: Run["trigger"];
  readonly cause?: string;
  readonly model?: string;
  readonly agent?: string;
  /** Only runs with an id below this. */
  readonly beforeId?: string;
  readonly limit: number;
}

/** What one ended run used. */
export interface RunUsage {
  readonly endTimeMs: number;
  readonly model: string;
  readonly agent: string;
  readonly session: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
}

/** Reads runs. */
export interface RunReader {
  find(name: string): Promise<RunRecord | undefined>;
  list(query: RunQuery): Promise<RunRecord[]>;
  /** The RUNNING or BLOCKED run of a session. */
  findActive(session: string): Promise<RunRecord | undefined>;
  /** QUEUED runs of a session in the order they will start. */
  listQueued(session: string): Promise<RunRecord[]>;
  /** Every run that has not ended, active ones first, then oldest first. */
  listUnfinished(): Promise<RunRecord[]>;
  /** How many runs are active and how many wait, over all sessions. */
  count(): Promise<{ active: number; queued: number }>;
  /** Runs that ended in [startMs, endMs), oldest first; calls `row` for each. */
  eachUsage(startMs: number, endMs: number, row: (usage: RunUsage) => void): Promise<void>;
}

/** Changes runs. */
export interface RunWriter extends RunReader {
  insert(record: RunRecord): Promise<void>;
  update(record: RunRecord): Promise<void>;
}
