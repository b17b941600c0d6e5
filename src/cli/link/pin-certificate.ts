/**
 * Trusting one certificate by its fingerprint, for a gateway elsewhere whose certificate nobody signed. It is fetched over a
 * connection on which nothing is said; calls then trust exactly that one.
 */

import { connect, type DetailedPeerCertificate } from "node:tls";
import type { PinnedCertificate } from "../../config/resolve-client.ts";
import { UsageError } from "../command/usage-error.ts";
import { CommandFailure } from "../failure-view.ts";

const patienceMs = 10_000;

/** An address, and what `--fingerprint` said of its certificate. */
interface Pinnable {
  readonly url: string;
  readonly urlSource: string;
  readonly pin: PinnedCertificate | undefined;
}

/**
 * The address with the certificate that has this SHA-256; as it is when there is no fingerprint. Throws a UsageError for what
 * is no fingerprint and for an address without TLS or of this machine's own gateway, and a CommandFailure when the gateway is
 * not there or has another certificate.
 */
export async function withPin<A extends Pinnable>(address: A, fingerprint: string | undefined): Promise<A> {
  if (fingerprint === undefined) return address;
  const wanted = readFingerprint(fingerprint);
  const { url, urlSource } = address;
  const named = urlSource === "--url" || urlSource === "OPENCLAW_GATEWAY_URL";
  if (!named || !url.startsWith("https:")) {
    throw new UsageError("--fingerprint is for a gateway elsewhere", "name it: --url https://assistant.example:18789");
  }
  if (address.pin?.fingerprint === wanted) return address;
  const found = await fetchCertificate(new URL(url));
  if (found.fingerprint256 === wanted) return { ...address, pin: { certificate: pemOf(found), fingerprint: wanted } };
  throw new CommandFailure(
    `the certificate of ${url} is another one: its SHA-256 is ${found.fingerprint256}`,
    "nothing was sent; somebody may be in between, or the gateway has a new one: compare with what it shows when it starts",
  );
}

/** "AB:CD:…" from any way to write 64 hexadecimal digits. */
function readFingerprint(text: string): string {
  const digits = text
    .replace(/^sha-?256[:/]/i, "")
    .replace(/[:\s]/g, "")
    .toUpperCase();
  if (/^[0-9A-F]{64}$/.test(digits)) return (digits.match(/../g) ?? []).join(":");
  throw new UsageError("--fingerprint is no SHA-256", "the gateway shows it when it starts: 64 hexadecimal digits");
}

async function fetchCertificate({ hostname, port }: URL): Promise<DetailedPeerCertificate> {
  const host = hostname.replace(/^\[|\]$/g, "");
  return await new Promise((resolve, reject) => {
    // Nobody is trusted yet, and nothing is sent: whoever answers only shows a certificate.
    const socket = connect({ host, port: Number(port || 443), rejectUnauthorized: false, timeout: patienceMs });
    socket.on("secureConnect", () => {
      resolve(socket.getPeerCertificate(true));
      socket.destroy();
    });
    socket.on("timeout", () => socket.destroy(new Error("no answer")));
    socket.on("error", ({ message }) => {
      const next = "check that it runs and can be reached from here";
      reject(new CommandFailure(`the certificate of ${host}:${port} could not be fetched: ${message}`, next));
    });
  });
}

function pemOf({ raw }: DetailedPeerCertificate): string {
  const lines = raw.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
