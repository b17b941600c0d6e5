/** Calls that are done once, however often they are sent. */

import { invalidField, requestIdReused } from "./errors.ts";
import type { Recorder } from "./recorder.ts";

/** How long a done call is remembered. */
const requestMemoryMs = 24 * 60 * 60 * 1000;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A side-effecting call and how its answer is kept. */
export interface Once<Answer> {
  readonly principal: string;
  /** Full method name. */
  readonly method: string;
  /** The caller's UUID. */
  readonly requestId: string;
  /** SHA-256 of the request body. */
  readonly requestHash: Uint8Array;
  encode(answer: Answer): Uint8Array;
  decode(response: Uint8Array): Answer;
}

/**
 * Does `work` unless the same call was done in the last 24 hours; then answers what was answered then. Inside a transaction,
 * so the record and the effect are kept together and a concurrent repeat waits for the first. Fails with FIELD_INVALID when
 * the request_id is no UUID and with REQUEST_ID_REUSED when it came with another body.
 */
export async function doOnce<Answer>(
  { tables, nowMs }: Recorder,
  once: Once<Answer>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (!uuidPattern.test(once.requestId)) {
    const given = once.requestId === "" ? "is empty" : "is no UUID";
    throw invalidField("request_id", `${given}; make a new UUID for each new request and keep it for retries`);
  }
  const done = await tables.requests.find(once.principal, once.method, once.requestId);
  if (done !== undefined && done.expireTimeMs > nowMs) {
    if (!sameBytes(done.requestHash, once.requestHash)) throw requestIdReused(once.requestId);
    return once.decode(done.response);
  }
  const answer = await work();
  await tables.requests.insert({
    principal: once.principal,
    method: once.method,
    requestId: once.requestId,
    requestHash: once.requestHash,
    response: once.encode(answer),
    expireTimeMs: nowMs + requestMemoryMs,
  });
  return answer;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
