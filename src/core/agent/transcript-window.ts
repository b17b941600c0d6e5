/** The part of a transcript a model call carries: the newest messages that fit, in an order every provider accepts. */

import { type Message, Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import type { MessageReader } from "../message/message-table.ts";

/** Messages a window holds at most; when it is full, it moves on by half, so that a provider's prompt cache stays useful. */
const maxMessages = 400;

/** Characters that make a token, roughly; a window is a guess, the provider has the last word. */
const charactersPerToken = 4;

/** Reads the newest messages of a generation that agents may see, oldest first. */
export async function readWindow(messages: MessageReader, session: Session): Promise<Message[]> {
  const { messageCount: total } = session;
  const half = maxMessages / 2;
  const skipped = total <= maxMessages ? 0 : Math.floor((total - half) / half) * half;
  const query = {
    session: session.name,
    generation: session.generation,
    order: "newest",
    limit: total - skipped,
  } as const;
  const newest = await messages.list(query);
  return newest.reverse().filter((message) => !message.pending && !message.withdrawn);
}

/** The messages as a model is given them: within the budget, tool results right behind their calls, starting with a person. */
export function fitWindow(messages: readonly Message[], contextTokens: number): Message[] {
  const budget = contextTokens * charactersPerToken * 0.8;
  let start = messages.length;
  let size = 0;
  while (start > 0) {
    size += sizeOf(messages[start - 1]);
    if (size > budget && start < messages.length) break;
    start -= 1;
  }
  const window = pairToolResults(messages.slice(start));
  const first = window.findIndex((message) => message.role === Role.USER);
  return first <= 0 ? window : window.slice(first);
}

/**
 * Puts each tool result right behind the answer that asked for it. Notes and other messages may have been written between
 * them; providers refuse a transcript where anything stands between a call and its result.
 */
function pairToolResults(messages: readonly Message[]): Message[] {
  const results = new Map<string, Message[]>();
  for (const message of messages) {
    if (message.role !== Role.TOOL) continue;
    const known = results.get(message.run);
    if (known === undefined) results.set(message.run, [message]);
    else known.push(message);
  }
  return messages.flatMap((message) => {
    if (message.role === Role.TOOL) return [];
    const calls = new Set(message.parts.flatMap(({ kind }) => (kind.case === "toolUse" ? [kind.value.callId] : [])));
    if (calls.size === 0) return [message];
    const own = (results.get(message.run) ?? []).filter((result) => answers(result, calls));
    return [message, ...own];
  });
}

function answers(result: Message, calls: ReadonlySet<string>): boolean {
  return result.parts.some(({ kind }) => kind.case === "toolResult" && calls.has(kind.value.callId));
}

function sizeOf(message: Message | undefined): number {
  let size = 0;
  for (const { kind } of message?.parts ?? []) {
    if (kind.case === "text" || kind.case === "thinking") size += kind.value.length;
    else if (kind.case === "toolResult") size += kind.value.text.length;
    else if (kind.case === "toolUse") size += JSON.stringify(kind.value.input ?? {}).length;
  }
  return size;
}
