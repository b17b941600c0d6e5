/** What stood between a call and the gateway. */

/**
 * "refused": nobody listens. "unknown": the name of the host is not known. "silent": nothing came back in time. "untrusted":
 * the certificate is not the right one. "other": anything else; the connection may just have broken.
 */
export type Trouble = "refused" | "unknown" | "silent" | "untrusted" | "other";

/** Tells by the code Node gave the innermost cause. */
export function troubleOf(error: unknown): Trouble {
  const code = codeOf(error);
  if (code === "ECONNREFUSED") return "refused";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "unknown";
  if (code === "ABORT_ERR" || code === "ETIMEDOUT") return "silent";
  return /CERT|TLS|SSL|ISSUER/.test(code) ? "untrusted" : "other";
}

/** Errors are wrapped, and an address with several numbers fails with one error for each. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const inner = codeOf(error instanceof AggregateError ? error.errors[0] : error.cause);
  if (inner !== "") return inner;
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
