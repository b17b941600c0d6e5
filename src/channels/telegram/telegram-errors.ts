/** What went wrong with a call to the Bot API, in the words of channels. */

import { MisconfiguredError, UnsentError } from "../../core/channel/network.ts";
import { fetchWords } from "../../lib/web/fetch-words.ts";
import { neverLeft } from "../../lib/web/never-left.ts";

/** What Telegram answered instead of doing it. */
export interface Refusal {
  readonly code: number;
  readonly description: string;
  /** When to come back, in ms; undefined when it does not matter. */
  readonly retryAfterMs: number | undefined;
  /** New id of a group that became a supergroup. */
  readonly movedTo: number | undefined;
}

/** The refusal; undefined when the error is something else. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || error.name !== "GrammyError") return undefined;
  const {
    error_code: code,
    description,
    parameters,
  } = error as Error & {
    readonly error_code: number;
    readonly description: string;
    readonly parameters: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
  };
  const retryAfterMs = parameters.retry_after === undefined ? undefined : parameters.retry_after * 1_000;
  return { code, description, retryAfterMs, movedTo: parameters.migrate_to_chat_id };
}

/** True when Telegram refused it with these words. */
export function isRefusedAs(error: unknown, words: RegExp): boolean {
  const refusal = refusalOf(error);
  return refusal?.code === 400 && words.test(refusal.description);
}

/**
 * An UnsentError when it is provably unsent: Telegram said no, or was never reached. Any other error for what nobody knows:
 * a broken connection, or an error inside of Telegram.
 */
export function sendError(error: unknown): Error {
  if (error instanceof UnsentError) return error;
  const refusal = refusalOf(error);
  if (refusal === undefined) {
    const inner = causeOf(error);
    if (inner instanceof UnsentError) return inner;
    const words = wordsOf(error);
    return neverLeft((error as { readonly error?: unknown }).error ?? error)
      ? new UnsentError(words, { cause: error })
      : new Error(words);
  }
  const { code, description, retryAfterMs } = refusal;
  if (code >= 500) return new Error(`Telegram failed: ${description}`);
  const passes = code === 429 || code === 401 || code === 409;
  return new UnsentError(description, { permanent: !passes, retryAfterMs });
}

/** Why the connection is of no use; a MisconfiguredError when it will never be. */
export function connectionError(error: unknown): Error {
  const refusal = refusalOf(error);
  if (refusal === undefined) return error instanceof MisconfiguredError ? error : new Error(wordsOf(error));
  const { code, description } = refusal;
  if (code === 401 || code === 404) {
    return new MisconfiguredError("Telegram does not know the bot token; ask @BotFather for it, and set botToken anew");
  }
  if (code === 409) return new Error(`another program takes the messages of this bot; stop it (${description})`);
  return new Error(`Telegram refused: ${description}`);
}

/** grammY hides what happened behind its own error, and fetch behind another. */
function causeOf(error: unknown): unknown {
  let inner = error;
  for (let depth = 0; depth < 4 && inner instanceof Error; depth += 1) {
    const { error: wrapped, cause } = inner as Error & { readonly error?: unknown };
    if ((wrapped ?? cause) === undefined) break;
    inner = wrapped ?? cause;
  }
  return inner;
}

function wordsOf(error: unknown): string {
  const inner = causeOf(error);
  if (inner instanceof Error && /^(?:Abort|Timeout)Error$/.test(inner.name)) return "Telegram did not answer in time";
  return `the connection to Telegram broke: ${fetchWords(inner)}`;
}
