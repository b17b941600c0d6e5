/** Which pages may call the gateway, and the headers that tell the browser so (CORS). */

import { isLoopbackAddress } from "../../lib/ip-address.ts";

/** Response headers by name. */
export type HeaderSet = Readonly<Record<string, string>>;

/** On every answer: nothing is guessed, stored, framed or run. */
export const securityHeaders: HeaderSet = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
};

/** What a page may read of an answer. */
const exposedHeaders = [
  "grpc-status",
  "grpc-message",
  "grpc-status-details-bin",
  "content-encoding",
  "connect-content-encoding",
  "retry-after",
].join(", ");

/** What a page may send. */
const requestHeaders = [
  "authorization",
  "content-type",
  "content-encoding",
  "accept-encoding",
  "connect-protocol-version",
  "connect-timeout-ms",
  "connect-content-encoding",
  "connect-accept-encoding",
  "grpc-encoding",
  "grpc-accept-encoding",
  "grpc-timeout",
  "x-grpc-web",
  "x-user-agent",
].join(", ");

/** What is asked about a request: `secure` is true on TLS. */
export interface OriginQuestion {
  readonly origin: string | undefined;
  readonly authority: string;
  readonly secure: boolean;
}

/** Bound of the remembered verdicts: beyond it they are forgotten and made again. */
const maxVerdicts = 256;

/** Judges Origin: absent, the gateway's own, loopback on any port, or one that was allowed. */
export class OriginGuard {
  readonly #allowed: ReadonlySet<string>;
  readonly #verdicts = new Map<string, HeaderSet | "refused">();

  /** `allowedOrigins` as in AllowedPeers. */
  constructor(allowedOrigins: readonly string[]) {
    this.#allowed = new Set(allowedOrigins.map((origin) => (origin === "*" ? origin : (originOf(origin) ?? origin))));
  }

  /** The headers an answer to this origin carries, security headers included; undefined when it is refused. */
  headersFor(question: OriginQuestion): HeaderSet | undefined {
    const { origin } = question;
    if (origin === undefined) return securityHeaders;
    const key = `${question.secure ? "s" : ""} ${question.authority} ${origin}`;
    let verdict = this.#verdicts.get(key);
    if (verdict === undefined) {
      verdict = this.#allows(origin, question) ? corsHeaders(origin) : "refused";
      if (this.#verdicts.size >= maxVerdicts) this.#verdicts.clear();
      this.#verdicts.set(key, verdict);
    }
    return verdict === "refused" ? undefined : verdict;
  }

  #allows(text: string, { authority, secure }: OriginQuestion): boolean {
    if (this.#allowed.has("*")) return text.length <= 512;
    const origin = originOf(text);
    if (origin === undefined || origin !== text.toLowerCase()) return false;
    if (this.#allowed.has(origin)) return true;
    return origin === originOf(`${secure ? "https" : "http"}://${authority}`) || isLoopbackOrigin(origin);
  }
}

/** Headers of the answer to a preflight; `privateNetwork` when the browser asked for that access. */
export function preflightHeaders(base: HeaderSet, privateNetwork: boolean): HeaderSet {
  return {
    ...base,
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": requestHeaders,
    "access-control-max-age": "7200",
    ...(privateNetwork ? { "access-control-allow-private-network": "true" } : {}),
  };
}

function corsHeaders(origin: string): HeaderSet {
  return {
    ...securityHeaders,
    "access-control-allow-origin": origin,
    "access-control-expose-headers": exposedHeaders,
    vary: "Origin",
  };
}

/** The origin of a URL as browsers write it; undefined for what has none. */
function originOf(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null) return undefined;
  return parsed.origin === "null" ? `${parsed.protocol}//${parsed.host}` : parsed.origin;
}

function isLoopbackOrigin(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  if (protocol !== "http:" && protocol !== "https:") return false;
  return hostname === "localhost" || isLoopbackAddress(hostname.replace(/^\[|\]$/g, ""));
}
