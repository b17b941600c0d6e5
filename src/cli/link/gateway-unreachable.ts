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

  /** What happened, in words. */
  get detail(): string {
    if (this.code === "ECONNREFUSED") return "the connection was refused";
    if (this.code === "ENOTFOUND" || this.code === "EAI_AGAIN") return "the name is not known";
    if (this.code === "ABORT_ERR" || this.code === "ETIMEDOUT") return "it did not answer in time";
    return this.cause instanceof Error ? this.cause.message : "";
  }
}

/** An address with several numbers fails with one error for each. */
function codeOf(cause: Error): string {
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  return typeof first?.code === "string" ? first.code : "";
}
