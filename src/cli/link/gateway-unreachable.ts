/** Nobody answered. */

/** No answer came from the address: refused, unknown, broken off, or not in time. */
export class GatewayUnreachable extends Error {
  readonly url: string;
  /** Node's error code: "ECONNREFUSED", "ETIMEDOUT", …; empty when there is none. */
  readonly code: string;

  constructor(url: string, cause: Error) {
    super(`no gateway answers at ${url}`, { cause });
    this.name = "GatewayUnreachable";
    this.url = url;
    this.code = codeOf(cause);
  }

  /** True when the connection broke while it was used: another try may go through. */
  get mayPass(): boolean {
    return this.code === "ECONNRESET" || this.code === "EPIPE";
  }

  /** What kind of trouble it is. */
  get kind(): "refused" | "unknown" | "silent" | "untrusted" | "other" {
    if (this.code === "ECONNREFUSED") return "refused";
    if (this.code === "ENOTFOUND" || this.code === "EAI_AGAIN") return "unknown";
    if (this.code === "ABORT_ERR" || this.code === "ETIMEDOUT") return "silent";
    return /CERT|TLS|SSL|ISSUER/.test(this.code) ? "untrusted" : "other";
  }

  /** What happened, in words. */
  get detail(): string {
    const words = {
      refused: "the connection was refused",
      unknown: "the name is not known",
      silent: "it did not answer in time",
      untrusted: "its certificate is not trusted",
      other: this.cause instanceof Error ? this.cause.message : "",
    };
    return words[this.kind];
  }
}

/** The innermost code: errors are wrapped, and an address with several numbers fails with one error for each. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  const inner = codeOf(cause instanceof AggregateError ? cause.errors[0] : cause.cause);
  if (inner !== "") return inner;
  return "code" in cause && typeof cause.code === "string" ? cause.code : "";
}
