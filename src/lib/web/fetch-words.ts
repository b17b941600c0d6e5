/** What is said of a request that `fetch` could not make. */

/**
 * What happened beneath the error: `fetch` itself only says that it failed, and an address with several numbers fails with one
 * error for each and no words of its own. Where there are no words, the code; what is no error is told as it is.
 */
export function fetchWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const beneath: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (beneath instanceof Error) return fetchWords(beneath);
  return error.message || ("code" in error ? String(error.code) : error.name);
}
