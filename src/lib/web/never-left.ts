/** Whether a failed request can have reached the other side. */

/** Causes that come before the first byte is sent: no name, no route, nobody there, no trust. */
const early =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|CERT_.*|ERR_TLS_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

/** True when what `fetch` rejected with proves that nothing was sent. */
export function neverLeft(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(neverLeft);
    if ("code" in cause && early.test(String(cause.code))) return true;
  }
  return false;
}
