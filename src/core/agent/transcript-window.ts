/** The part of a transcript a model call carries: the newest messages that fit, in an order every provider accepts. */

import { type Message, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { MessageQuery, MessageReader } from "../message/message-table.ts";
import { RecentMessages } from "../message/recent-messages.ts";
import { isSummary } from "../run/compaction/summary-message.ts";
import { toolUsesOf } from "../run/tool-results.ts";

/** Messages a window holds at most; when it is full, it moves on by half, so that a provider's prompt cache stays useful. */
const maxMessages = 400;

/** Characters that make a token, roughly: a window is a guess, the provider has the last word. */
export const charactersPerToken = 4;

/** What a picture counts as: about 1500 tokens, whatever its size. */
const charactersPerImage = 6_000;

/**
 * Reads the newest messages of a generation that agents may see, oldest first. Where it was compacted, it begins with the
 * summary; what was summed up is not among them, except the question of a turn that was too long to be kept whole. `recent`
 * saves reading again what it remembers.
 */
export async function readWindow(
  messages: MessageReader,
  session: Session,
  recent = new RecentMessages(),
): Promise<Message[]> {
  const { messageCount: total, compactedPosition } = session;
  const half = maxMessages / 2;
  const skipped = total <= maxMessages ? 0 : Math.floor((total - half) / half) * half;
  const query = { session: session.name, generation: session.generation, limit: total - skipped };
  const from = session.summary === "" ? undefined : Number(compactedPosition) + 1;
  const kept = visible(await recent.read(messages, { ...query, from }, total));
  if (from === undefined) return kept;
  const summary = await messages.find(session.summary);
  const asked = kept.some(({ role }) => role === Role.USER)
    ? undefined
    : await findQuestion(messages, { ...query, before: from, limit: maxMessages });
  return [summary, asked, ...kept].filter((message) => message !== undefined);
}

/** What agents may see of messages, without summaries. */
export function visible(messages: readonly Message[]): Message[] {
  return messages.filter((message) => !message.pending && !message.withdrawn && !isSummary(message));
}

async function findQuestion(messages: MessageReader, query: Omit<MessageQuery, "order">): Promise<Message | undefined> {
  const newest = await messages.list({ ...query, order: "newest" });
  return visible(newest).find(({ role }) => role === Role.USER);
}

/**
 * The messages as a model is given them: the newest that fit, tool results right behind their calls, beginning with a person
 * and ending with a person or a tool. However small the budget, the newest step and a person's message are there: whether
 * that is too much is for the provider to say. Notes written since then wait for the next run. A summary stands before all.
 */
export function fitWindow(messages: readonly Message[], contextTokens: number): Message[] {
  const summary = messages.filter(isSummary);
  const size = summary.reduce((sum, message) => sum + sizeOf(message), 0);
  const budget = contextTokens * charactersPerToken * 0.8 - size;
  return [
    ...summary,
    ...fitMessages(
      messages.filter((message) => !isSummary(message)),
      budget,
    ),
  ];
}

/** `budget` is in characters. */
function fitMessages(messages: readonly Message[], budget: number): Message[] {
  const units = pairToolResults(messages);
  const end = units.findLastIndex(([first, ...results]) => results.length > 0 || first?.role === Role.USER) + 1;
  let start = end;
  let size = 0;
  while (start > 0) {
    size += units[start - 1]?.reduce((sum, message) => sum + sizeOf(message), 0) ?? 0;
    if (size > budget && start < end) break;
    start -= 1;
  }
  const window = units.slice(start, end);
  const first = window.findIndex(isPerson);
  if (first >= 0) return window.slice(first).flat();
  const question = units.slice(0, start).findLast(isPerson) ?? [];
  return [...question, ...window.flat()];
}

/**
 * Messages that stand together: an answer with the results of the tools it asked for, any other message alone. Notes and
 * other messages may have been written between a call and its result; providers refuse a transcript where anything does. A
 * result whose call is not there is left out.
 */
function pairToolResults(messages: readonly Message[]): Message[][] {
  const results = new Map<string, Message[]>();
  for (const message of messages) {
    if (message.role !== Role.TOOL) continue;
    const known = results.get(message.run);
    if (known === undefined) results.set(message.run, [message]);
    else known.push(message);
  }
  if (results.size === 0) return messages.map((message) => [message]);
  return messages.flatMap((message) => {
    if (message.role === Role.TOOL) return [];
    const calls = new Set(toolUsesOf(message).map(({ callId }) => callId));
    if (calls.size === 0) return [[message]];
    return [[message, ...(results.get(message.run) ?? []).filter((result) => answers(result, calls))]];
  });
}

function isPerson(unit: readonly Message[]): boolean {
  return unit[0]?.role === Role.USER;
}

function answers(result: Message, calls: ReadonlySet<string>): boolean {
  return result.parts.some(({ kind }) => kind.case === "toolResult" && calls.has(kind.value.callId));
}

/** Characters of a message that a model reads. */
export function sizeOf(message: Message): number {
  let size = 0;
  for (const { kind } of message.parts) {
    if (kind.case === "text" || kind.case === "thinking") size += kind.value.length;
    else if (kind.case === "toolResult") size += kind.value.text.length;
    else if (kind.case === "attachment") size += charactersPerImage;
    else if (kind.case === "toolUse") size += JSON.stringify(kind.value.input ?? {}).length;
  }
  return size;
}
