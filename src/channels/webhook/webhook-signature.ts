/** How both sides of a webhook know each other: an HMAC-SHA256 over the time and the body, good for five minutes. */

import { createHmac, timingSafeEqual } from "node:crypto";

/** How far the clocks of both sides may be apart, in s. */
const windowSeconds = 300;

/** Seconds since 1970 when it was signed. */
const timestampHeader = "x-openclaw-timestamp";

/** "sha256=" and the hexadecimal HMAC of "{timestamp}.{body}". */
const signatureHeader = "x-openclaw-signature";

/** What is signed. */
export interface Signed {
  readonly secret: string;
  readonly body: Uint8Array;
  readonly nowMs: number;
}

/** Headers that prove who sent the body. */
export function signatureHeaders({ secret, body, nowMs }: Signed): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  return { [timestampHeader]: timestamp, [signatureHeader]: `sha256=${hmac(secret, timestamp, body).toString("hex")}` };
}

/** Why the headers do not prove it; undefined when they do. */
export function signatureProblem(
  headers: Readonly<Record<string, string>>,
  { secret, body, nowMs }: Signed,
): string | undefined {
  const timestamp = headers[timestampHeader] ?? "";
  const [, hex = ""] = /^sha256=([0-9a-f]{64})$/i.exec(headers[signatureHeader] ?? "") ?? [];
  if (!/^\d{1,12}$/.test(timestamp) || hex === "") return `${timestampHeader} or ${signatureHeader} is missing`;
  // An empty secret is one that everybody knows.
  if (secret === "" || !timingSafeEqual(hmac(secret, timestamp, body), Buffer.from(hex, "hex"))) {
    return "the signature is wrong";
  }
  const apartSeconds = Math.abs(nowMs / 1_000 - Number(timestamp));
  return apartSeconds > windowSeconds ? `it was signed more than ${windowSeconds} s ago; sign it anew` : undefined;
}

function hmac(secret: string, timestamp: string, body: Uint8Array): Buffer {
  return createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest();
}
