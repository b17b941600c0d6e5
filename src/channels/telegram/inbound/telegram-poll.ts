/** Long polling: asks for updates, and asks for the next ones only once these are safe. That is how Telegram is told. */

import type { Update } from "grammy/types";
import { sleep } from "../../../lib/sleep.ts";
import type { RawApi } from "../telegram-api.ts";
import { refusalOf } from "../telegram-errors.ts";
import { albumMs, albumOf } from "./telegram-albums.ts";

/** What Telegram is asked for; everything else it keeps to itself. */
export const wantedUpdates = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "callback_query",
  "message_reaction",
] as const;

/** How long Telegram holds a question that has no answer yet, in seconds. */
const holdSeconds = 30;

/** An answer that takes this much longer does not come any more, in ms. */
const graceMs = 15_000;

/** Errors inside of Telegram in a row that are waited out. */
const maxFailures = 3;

/** What updates are asked for with. */
export interface PollParts {
  readonly raw: RawApi;
  /** Told when Telegram has answered for the first time. */
  readonly online: () => void;
  /** Resolves when the updates are safe on disk. */
  readonly take: (updates: readonly Update[]) => Promise<void>;
}

/** Polls until the signal aborts; then, and when something breaks, it rejects. */
export async function pollUpdates({ raw, online, take }: PollParts, signal: AbortSignal): Promise<never> {
  // Telegram knows what was confirmed: an offset of our own could skip messages, since it may begin to count anew.
  let offset: number | undefined;
  for (let first = true; ; first = false) {
    let updates = await ask(raw, { offset, timeout: first ? 0 : holdSeconds }, signal);
    if (first) online();
    const newest = updates.at(-1);
    if (newest !== undefined && albumOf(newest) !== undefined) {
      // The rest of the album is on its way; what is not confirmed comes again with it.
      await sleep(albumMs, signal);
      updates = await ask(raw, { offset, timeout: 0 }, signal);
    }
    await take(updates);
    const last = updates.at(-1);
    if (last !== undefined) offset = last.update_id + 1;
  }
}

interface Question {
  readonly offset: number | undefined;
  readonly timeout: number;
}

async function ask(raw: RawApi, { offset, timeout }: Question, signal: AbortSignal): Promise<Update[]> {
  const from = offset === undefined ? {} : { offset };
  for (let failures = 1; ; failures += 1) {
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeout * 1_000 + graceMs)]);
      return await raw.getUpdates({ ...from, timeout, allowed_updates: wantedUpdates }, limited);
    } catch (error) {
      const refusal = refusalOf(error);
      const passes = refusal?.code === 429 || ((refusal?.code ?? 0) >= 500 && failures < maxFailures);
      if (!passes) throw error;
      await sleep(refusal?.retryAfterMs ?? 1_000, signal);
    }
  }
}
