/** The certificate the port serves TLS with: the operator's, or one the gateway makes for itself. */

import { createPrivateKey, randomUUID, X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { invalidField } from "../core/errors.ts";
import type { Clock } from "../lib/clock.ts";
import { errorWords } from "../lib/text/error-words.ts";

/** Where the certificate is: an operator's files, or the folder of the gateway's own. */
export type CertificateSource =
  | { readonly kind: "files"; readonly certPath: string; readonly keyPath: string }
  | { readonly kind: "generated"; readonly folder: string };

/** A key and its certificate. */
export interface TlsCertificate {
  /** PEM. */
  readonly key: string;
  /** PEM, with the chain if there is one. */
  readonly cert: string;
  /** SHA-256 of the certificate, as clients pin it: "AB:CD:…". */
  readonly fingerprint: string;
}

const dayMs = 24 * 60 * 60_000;

/** Some clients refuse certificates that live longer than 398 days. */
const lifetimeMs = 397 * dayMs;

/** A certificate the gateway made is replaced at the first start within this time of its end. */
const renewalMs = 30 * dayMs;

/**
 * The certificate. One of its own the gateway makes when it has none that is good for another month, and keeps: files
 * cert.pem and key.pem in the folder, for their owner's eyes only. Fails with FIELD_INVALID when the operator's files cannot
 * be read or do not belong together.
 */
export async function loadCertificate(source: CertificateSource, clock: Clock): Promise<TlsCertificate> {
  if (source.kind === "files") return loadFiles(source.certPath, source.keyPath);
  const paths = { certPath: join(source.folder, "cert.pem"), keyPath: join(source.folder, "key.pem") };
  const kept = await readPair(paths.certPath, paths.keyPath).catch(() => undefined);
  if (kept !== undefined && kept.endMs - clock.nowMs() > renewalMs) return kept.certificate;
  await mkdir(source.folder, { recursive: true, mode: 0o700 });
  const made = await generate(clock.nowMs());
  // A crash between the two leaves a pair that does not match, and then a new one is made.
  await replaceFile(paths.keyPath, made.key);
  await replaceFile(paths.certPath, made.cert);
  return (await readPair(paths.certPath, paths.keyPath)).certificate;
}

async function loadFiles(certPath: string, keyPath: string): Promise<TlsCertificate> {
  try {
    return (await readPair(certPath, keyPath)).certificate;
  } catch (error) {
    const why = errorWords(error);
    throw invalidField("gateway.tls", `certificate ${certPath} with key ${keyPath} cannot be used: ${why}`);
  }
}

async function readPair(certPath: string, keyPath: string): Promise<{ certificate: TlsCertificate; endMs: number }> {
  const [cert, key] = await Promise.all([readFile(certPath, "utf8"), readFile(keyPath, "utf8")]);
  const parsed = new X509Certificate(cert);
  if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error("the key is not the certificate's");
  return { certificate: { key, cert, fingerprint: parsed.fingerprint256 }, endMs: Date.parse(parsed.validTo) };
}

async function generate(nowMs: number): Promise<{ key: string; cert: string }> {
  const selfsigned = await import("selfsigned");
  const names = ["localhost", hostname()].map((value) => ({ type: 2 as const, value }));
  const addresses = ownAddresses().map((ip) => ({ type: 7 as const, ip }));
  const made = await selfsigned.generate([{ name: "commonName", value: "openclaw gateway" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(nowMs - dayMs),
    notAfterDate: new Date(nowMs - dayMs + lifetimeMs),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [...names, ...addresses] },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** Every address this machine has now, loopback first; clients on others pin the fingerprint. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const others = all.filter(({ internal, address }) => !internal && !address.startsWith("fe80:"));
  return ["127.0.0.1", "::1", ...others.map(({ address }) => address)];
}

async function replaceFile(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600 });
  await rename(draft, path);
}
