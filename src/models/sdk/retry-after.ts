/** When a provider says to come back. */

/** Longest wait that is passed on. */
const capMs = 60_000;

/** What an answer said about it. */
export interface RetryHints {
  /** Response headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body of the error, parsed; google.rpc.RetryInfo is looked for in it. */
  readonly body: unknown;
}

/**
 * The wait in ms, at most 60 s, or undefined when nothing readable was said. `retry-after-ms` counts before `retry-after`
 * (seconds or an HTTP date), and a header before the body.
 */
export function retryAfterMs(hints: RetryHints, nowMs: number): number | undefined {
  const { "retry-after-ms": exact, "retry-after": plain } = hints.headers;
  const candidates = [
    toNumber(exact),
    seconds(toNumber(plain)),
    plain === undefined ? undefined : Date.parse(plain) - nowMs,
    seconds(retryDelaySeconds(hints.body)),
  ];
  const found = candidates.find((ms) => ms !== undefined && Number.isFinite(ms));
  return found === undefined ? undefined : Math.min(capMs, Math.max(0, Math.round(found)));
}

function toNumber(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? "";
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

function seconds(count: number | undefined): number | undefined {
  return count === undefined ? undefined : count * 1000;
}

/** {"error": {"details": [{"@type": "…google.rpc.RetryInfo", "retryDelay": "34s"}]}}, the outer object being optional. */
function retryDelaySeconds(body: unknown): number | undefined {
  const error = property(body, "error") ?? body;
  const details = property(error, "details");
  if (!Array.isArray(details)) return undefined;
  const delays = details.map((detail: unknown) => property(detail, "retryDelay"));
  const delay = delays.find((value) => typeof value === "string");
  return toNumber(delay?.replace(/s$/, ""));
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
