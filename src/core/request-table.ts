/** What the store remembers about calls that must not be done twice. */

/** A call that was done: who made it, what it asked, what was answered. */
export interface RequestRecord {
  /** Principal that called. */
  readonly principal: string;
  /** Full method name, "openclaw.gateway.v1.RunService/CreateRun". */
  readonly method: string;
  /** The caller's request_id. */
  readonly requestId: string;
  /** SHA-256 of the request body. */
  readonly requestHash: Uint8Array;
  /** The answer, as the caller of `once` encoded it. */
  readonly response: Uint8Array;
  /** When the record may be forgotten, ms since the epoch. */
  readonly expireTimeMs: number;
}

/** Calls done in the last 24 hours. */
export interface RequestTable {
  find(principal: string, method: string, requestId: string): Promise<RequestRecord | undefined>;
  insert(record: RequestRecord): Promise<void>;
  /** Forgets what expired before `nowMs`, at most `limit` a call; returns how many. */
  prune(nowMs: number, limit: number): Promise<number>;
}
