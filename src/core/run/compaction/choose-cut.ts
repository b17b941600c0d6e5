/** Where a transcript is cut: what is before becomes a summary, what is behind is kept word by word. */

import { type Message, Message_Role as Role } from "../../../../gen/openclaw/gateway/v1/message_pb.ts";
import { charactersPerToken, sizeOf } from "../../agent/transcript-window.ts";
import type { CompactionSettings } from "../../core-settings.ts";

/** How much of the newest is kept. Tokens are estimates. */
export interface Kept {
  /** Turns that are kept even when they are longer than `tokens`. */
  readonly turns: number;
  /** More turns are kept while all together are no longer than this. */
  readonly tokens: number;
  /** What is kept is never longer than this, a single step aside. */
  readonly mostTokens: number;
}

/**
 * What to keep for a model that reads `windowTokens`. Who asks for a summary wants a short context: only the turns the
 * configuration preserves are kept then. Otherwise as much as is useful.
 */
export function keptIn(settings: CompactionSettings, windowTokens: number, automatic: boolean): Kept {
  return {
    turns: settings.recentTurnsPreserve,
    tokens: automatic ? Math.min(settings.keepRecentTokens, windowTokens / 4) : 0,
    mostTokens: windowTokens / 2,
  };
}

/**
 * Index of the first message that is kept; 0 when nothing is old enough to be summed up. A turn is cut only when it alone is
 * too long, and then between its steps: a tool call and its results are never parted.
 */
export function chooseCut(messages: readonly Message[], { turns, tokens, mostTokens }: Kept): number {
  const whole = wholeBefore(messages);
  let size = 0;
  let kept = 0;
  let cut = 0;
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index] as Message;
    size += sizeOf(message) / charactersPerToken;
    const begins = message.role === Role.USER;
    if (!whole[index] || !(begins || message.role === Role.ASSISTANT)) continue;
    if (cut > 0 && size > mostTokens) return cut;
    if (begins) {
      if (kept >= turns && size > tokens) return cut;
      kept += 1;
      cut = index;
    } else if (kept === 0) cut = index;
  }
  return cut;
}

/** Tokens of messages, roughly. */
export function estimateTokens(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + sizeOf(message), 0) / charactersPerToken;
}

/** For each index, whether every tool call before it has its result before it. */
function wholeBefore(messages: readonly Message[]): boolean[] {
  const open = new Set<string>();
  return messages.map(({ run, parts }) => {
    const whole = open.size === 0;
    for (const { kind } of parts) {
      if (kind.case === "toolUse") open.add(`${run} ${kind.value.callId}`);
      else if (kind.case === "toolResult") open.delete(`${run} ${kind.value.callId}`);
    }
    return whole;
  });
}
