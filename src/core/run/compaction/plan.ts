/** What a compaction is to sum up. */

import type { Message } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Session } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import { sessionOf } from "../../names.ts";
import type { Store } from "../../store.ts";
import type { ActiveRun } from "../live/active-run.ts";
import { getSession } from "../run-transitions.ts";
import { chooseCut, type Kept } from "./choose-cut.ts";
import { readSince } from "./read-since.ts";

/** What is summed up. */
export interface Plan {
  readonly session: Session;
  /** The summary of what came before; undefined when there is none. */
  readonly before: Message | undefined;
  /** Oldest first; at least one. */
  readonly messages: readonly Message[];
  /** Position of the last of them. */
  readonly position: bigint;
}

/** The session a run belongs to, as it is now. */
export function readSession(store: Store, { record }: ActiveRun): Promise<Session> {
  return store.read((tables) => getSession(tables, sessionOf(record.run.name)));
}

/** What is old in the session of a run, by what is to be kept of its messages; undefined when nothing is. */
export function readPlan(
  store: Store,
  { record }: ActiveRun,
  keptOf: (messages: readonly Message[]) => Kept,
): Promise<Plan | undefined> {
  return store.read(async (tables) => {
    const session = await getSession(tables, sessionOf(record.run.name));
    const all = await readSince(tables.messages, session);
    const messages = all.slice(0, chooseCut(all, keptOf(all)));
    const position = messages.at(-1)?.position;
    if (position === undefined) return undefined;
    const before = session.summary === "" ? undefined : await tables.messages.find(session.summary);
    return { session, before, messages, position };
  });
}
