/**
 * Reads what a provider package throws, or puts into its stream, whichever shape it has.
 *
 * Errors are told apart by their fields, not by their classes, so that nothing has to be loaded to read them.
 */

/** What an error says. */
export interface ErrorReport {
  /** HTTP status, or what the error in the stream stands for; undefined when it says neither. */
  readonly status: number | undefined;
  /** Headers of the answer, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed body of the error. */
  readonly body: unknown;
  /** What happened, in the provider's words; may hold secrets. */
  readonly message: string;
  /** Types and codes of the error, for matching. */
  readonly codes: string;
  /** Name of the error's class; empty for what is no error. */
  readonly name: string;
}

/** Reads an error. */
export function readError(error: unknown): ErrorReport {
  const fields = asRecord(error);
  const name = error instanceof Error ? error.name : "";
  if (name === "AI_JSONParseError") return unreadable(name);
  if (name === "AI_TypeValidationError") return isErrorEvent(fields.value) ? readError(fields.value) : unreadable(name);

  const body = fields.data ?? parse(fields.responseBody) ?? error;
  const { error: outer, response } = asRecord(body);
  const inner = asRecord(outer ?? asRecord(response).error ?? body);
  const codes = [fields.type, fields.code, inner.type, inner.code, inner.status, inner.reason];
  return {
    status: toStatus(fields.statusCode) ?? toStatus(inner.code),
    headers: asRecord(fields.responseHeaders) as Record<string, string>,
    body,
    message: firstText(inner.message, outer, error, fields.message, fields.responseBody),
    codes: `${codes.filter((code) => typeof code === "string").join(" ")} ${JSON.stringify(inner.details ?? "")}`,
    name,
  };
}

/** Code of the network error behind an error: ECONNREFUSED, ENOTFOUND, a TLS code …; undefined when there is none. */
export function networkCode(error: unknown): string | undefined {
  for (const cause of causes(error)) {
    const { code } = asRecord(cause);
    if (cause instanceof Error && typeof code === "string") return code;
  }
  return undefined;
}

/** The error and what caused it, outermost first; the depth is bounded because causes may form a circle. */
export function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at !== undefined && at !== null && chain.length < 8; at = asRecord(at).cause) chain.push(at);
  return chain;
}

/** The package's own words would repeat the whole event, which is somebody's text. */
function unreadable(name: string): ErrorReport {
  const message = "sent an event that cannot be read";
  return { status: undefined, headers: {}, body: undefined, message, codes: "", name };
}

/** An error in a shape the package does not know is an error all the same. */
function isErrorEvent(value: unknown): boolean {
  const { type, error } = asRecord(value);
  return type === "error" || error !== undefined;
}

function firstText(...candidates: unknown[]): string {
  const found = candidates.find((candidate) => typeof candidate === "string" && candidate.trim() !== "");
  return typeof found === "string" ? found : "";
}

function toStatus(value: unknown): number | undefined {
  const status = typeof value === "string" && /^[1-5]\d\d$/.test(value) ? Number(value) : value;
  return typeof status === "number" && status >= 100 && status < 600 ? status : undefined;
}

function parse(json: unknown): unknown {
  if (typeof json !== "string") return undefined;
  try {
    return JSON.parse(json);
  } catch {
    // Not every proxy answers in JSON; its text is used as it is.
    return undefined;
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
