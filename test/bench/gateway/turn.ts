/** One agent turn as a client lives it: send a message, follow the run, read the answer. */

import { randomUUID } from "node:crypto";
import { type Run, Run_State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { BenchClient } from "./bench-client.ts";

/** When what happened, in ms since the call was sent. */
export interface TurnTimes {
  /** The message was acknowledged. */
  readonly acknowledgedMs: number;
  /** The first words of the answer came. */
  readonly firstDeltaMs: number;
  /** The run had ended and its last frame was read. */
  readonly wholeMs: number;
}

/** Takes a turn in a session. Fails when the run does not succeed or says nothing. */
export async function takeTurn({ runs }: BenchClient, session: string, text: string): Promise<TurnTimes> {
  const startedMs = performance.now();
  const sinceStart = (): number => performance.now() - startedMs;
  const { run } = await runs.createRun({
    parent: session,
    parts: [{ kind: { case: "text", value: text } }],
    requestId: randomUUID(),
  });
  const acknowledgedMs = sinceStart();
  let firstDeltaMs: number | undefined;
  let state: Run["state"] | undefined;
  for await (const { frame } of runs.watchRun({ name: run?.name ?? "" })) {
    if (frame.case === "delta" && frame.value.text !== "") firstDeltaMs ??= sinceStart();
    if (frame.case === "run") state = frame.value.state;
  }
  if (state !== Run_State.SUCCEEDED || firstDeltaMs === undefined) {
    throw new Error(`${run?.name} ended in state ${state}, its first words came ${firstDeltaMs ?? "never"}`);
  }
  return { acknowledgedMs, firstDeltaMs, wholeMs: sinceStart() };
}

/** Makes empty sessions "sessions/{prefix}-{n}"; returns their names. */
export async function makeSessions(client: BenchClient, prefix: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const make = (sessionId: string) => client.sessions.createSession({ sessionId, requestId: randomUUID() });
  await eachAtOnce(ids, 64, make);
  return ids.map((id) => `sessions/${id}`);
}

/** Calls `work` for every item, at most `width` at a time. */
export async function eachAtOnce<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
