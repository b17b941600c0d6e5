/** Forks: a new session that begins with a copy of another one's transcript. */

import { type Message, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { invalidField, notFound } from "../errors.ts";
import { requireMessageName, requireSessionName, sessionOf } from "../names.ts";
import type { Recorder } from "../recorder.ts";
import { getSession } from "../run/run-transitions.ts";
import type { WriteTables } from "../store.ts";

/** Longest transcript that can be forked: it is copied in one transaction, which nobody else can use meanwhile. */
const maxMessages = 2_000;

/** What a fork starts from. */
export interface Fork {
  readonly session: Session;
  /** Oldest first; only what an agent has seen. */
  readonly messages: readonly Message[];
}

/** Reads what is forked: all of "sessions/{session}", or up to and including one of its messages. */
export async function readFork(tables: WriteTables, from: string): Promise<Fork> {
  const byMessage = from.includes("/messages/");
  const name = byMessage ? sessionOf(requireMessageName(from, "fork_from")) : requireSessionName(from, "fork_from");
  const session = await getSession(tables, name);
  const last = byMessage ? await tables.messages.find(from) : undefined;
  if (byMessage && last === undefined) throw notFound(from);
  const messages = await tables.messages.list({
    session: name,
    generation: last?.generation ?? session.generation,
    before: last === undefined ? undefined : Number(last.position) + 1,
    order: "oldest",
    limit: maxMessages + 1,
  });
  if (messages.length > maxMessages) {
    throw invalidField("fork_from", `has more than ${maxMessages} messages; fork from an earlier message`);
  }
  return { session, messages: dropOpenCalls(messages.filter((message) => !message.pending && !message.withdrawn)) };
}

/**
 * Copies messages into a new session. They belong to no run there. Returns what was summed up in the copy: the changes of the
 * session, none where no summary was copied.
 */
export async function copyTranscript(
  recorder: Recorder,
  session: Session,
  messages: readonly Message[],
): Promise<Partial<Pick<Session, "compactedPosition" | "summary">>> {
  const copies: { readonly from: bigint; readonly to: bigint }[] = [];
  let summedUp = {};
  for (const message of messages) {
    const { role, parts, sender, truncated, run, conversation, origin } = message;
    // What came from outside stays marked as such.
    const source = origin === undefined ? {} : { conversation, origin };
    const compactedPosition = copies.findLast(({ from }) => from <= message.compactedPosition)?.to ?? 0n;
    const content = { generation: session.generation, role, parts, sender, truncated, run, compactedPosition };
    const copy = await recorder.insertMessage(session.name, { ...content, ...source });
    copies.push({ from: message.position, to: copy.position });
    if (compactedPosition > 0n) summedUp = { compactedPosition, summary: copy.name };
  }
  return summedUp;
}

/** A transcript cut between a tool call and its result would be refused by every provider: cut before the call. */
function dropOpenCalls(messages: readonly Message[]): readonly Message[] {
  const answered = new Set<string>();
  for (const { run, parts } of messages) {
    for (const { kind } of parts) if (kind.case === "toolResult") answered.add(`${run} ${kind.value.callId}`);
  }
  const firstOpen = messages.findIndex(
    ({ role, run, parts }) =>
      role === Role.ASSISTANT &&
      parts.some(({ kind }) => kind.case === "toolUse" && !answered.has(`${run} ${kind.value.callId}`)),
  );
  return firstOpen === -1 ? messages : messages.slice(0, firstOpen);
}
