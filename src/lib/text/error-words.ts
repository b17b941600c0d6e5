/** What was thrown, in words. */

/** The message of an error; anything else as text. */
export function errorWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
