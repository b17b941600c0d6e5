/** Calls that are done once, however often they are sent. */

import type { Changes } from "./changes.ts";
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
  recorder: Recorder,
  once: Once<Answer>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const known = await findAnswer(recorder, once);
  if (known !== undefined) return known.answer;
  const answer = await work();
  const { principal, method, requestId, requestHash } = once;
  const { tables, nowMs } = recorder;
  const [response, expireTimeMs] = [once.encode(answer), nowMs + requestMemoryMs];
  await tables.requests.insert({ principal, method, requestId, requestHash, response, expireTimeMs });
  return answer;
}

/**
 * As `doOnce`, for work that changes something outside the store and may take transactions of its own. The call is remembered
 * right afterwards: where the process dies in between, a repeat does the work again, so the work has to bear that.
 */
export async function doOnceOutside<Answer>(
  changes: Changes,
  once: Once<Answer>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const known = await changes.transact(once.principal, (recorder) => findAnswer(recorder, once));
  if (known !== undefined) return known.answer;
  const answer = await work();
  return await changes.transact(once.principal, (recorder) => doOnce(recorder, once, async () => answer));
}

async function findAnswer<Answer>(
  { tables, nowMs }: Recorder,
  once: Once<Answer>,
): Promise<{ readonly answer: Answer } | undefined> {
  if (!uuidPattern.test(once.requestId)) {
    const given = once.requestId === "" ? "is empty" : "is no UUID";
    throw invalidField("request_id", `${given}; make a new UUID for each new request and keep it for retries`);
  }
  const done = await tables.requests.find(once.principal, once.method, once.requestId);
  if (done === undefined || done.expireTimeMs <= nowMs) return undefined;
  if (!sameBytes(done.requestHash, once.requestHash)) throw requestIdReused(once.requestId);
  return { answer: once.decode(done.response) };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
