/** The certificate the gateway serves with: an operator's files, or one it makes for itself and keeps. */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Clock } from "../lib/clock.ts";

/** Where it is. Absolute paths; the folder of a generated one holds cert.pem and key.pem. */
export type CertificateSource =
  | { readonly kind: "files"; readonly certPath: string; readonly keyPath: string }
  | { readonly kind: "generated"; readonly folder: string };

/** A certificate ready to serve with. */
export interface TlsCertificate {
  /** PEM private key. */
  readonly key: string;
  /** PEM certificate chain. */
  readonly cert: string;
  /** SHA-256 of the first certificate: upper-case hexadecimal, "AB:CD:…". */
  readonly fingerprint: string;
}

/** The certificate cannot be used; the message names the file and says what to do. */
export class CertificateError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "CertificateError";
  }
}

const dayMs = 86_400_000;
const validDays = 825;
/** A generated certificate is made anew at a start when less than this is left of it. */
const renewBeforeMs = 30 * dayMs;

/** Loads it; makes a self-signed one (valid 825 days, for this machine's names) when it is to be generated and is absent or runs out. */
export async function loadCertificate(source: CertificateSource, clock: Clock): Promise<TlsCertificate> {
  if (source.kind === "files") return readPair(source.certPath, source.keyPath);
  const certPath = join(source.folder, "cert.pem");
  const keyPath = join(source.folder, "key.pem");
  const kept = await readPair(certPath, keyPath).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  if (kept !== undefined && expiryMs(kept) - clock.nowMs() > renewBeforeMs) return kept;
  const made = await makePair(clock.nowMs());
  await mkdir(source.folder, { recursive: true, mode: 0o700 });
  await writeWhole(keyPath, made.key);
  await writeWhole(certPath, made.cert);
  return readPair(certPath, keyPath);
}

async function readPair(certPath: string, keyPath: string): Promise<TlsCertificate> {
  const [cert, key] = await Promise.all([readPem(certPath), readPem(keyPath)]);
  const parsed = parseCertificate(certPath, cert);
  if (!parsed.checkPrivateKey(parseKey(keyPath, key))) {
    throw new CertificateError(`${keyPath} is not the key of ${certPath}; configure the two that belong together`);
  }
  return { key, cert, fingerprint: parsed.fingerprint256 };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new CertificateError(`${path} cannot be read; check gateway.tls and the file's permissions`, error);
  }
}

function parseCertificate(path: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new CertificateError(`${path} holds no PEM certificate`, error);
  }
}

function parseKey(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new CertificateError(`${path} holds no PEM private key, or one with a passphrase`, error);
  }
}

function expiryMs({ cert }: TlsCertificate): number {
  return new X509Certificate(cert).validToDate.getTime();
}

function isAbsent(error: unknown): boolean {
  const cause = error instanceof CertificateError ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}

/** `selfsigned` is only loaded on the day a certificate is made. */
async function makePair(nowMs: number): Promise<{ key: string; cert: string }> {
  const { generate } = await import("selfsigned");
  const made = await generate([{ name: "commonName", value: "OpenClaw Gateway" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(nowMs - dayMs),
    notAfterDate: new Date(nowMs + validDays * dayMs),
    extensions: [
      // Its own authority, so that a client can trust exactly this certificate.
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 2, value: hostname() },
          ...ownAddresses().map((ip) => ({ type: 7, ip }) as const),
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}

/** The addresses this machine has now, loopback first; ones that hold for one link only are left out. */
function ownAddresses(): string[] {
  const found = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const addresses = found.map(({ address }) => address).filter((address) => !address.startsWith("fe80:"));
  return [...new Set(["127.0.0.1", "::1", ...addresses])];
}

/** Whole or not at all, and for the owner's eyes only. */
async function writeWhole(path: string, content: string): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, content, { mode: 0o600 });
  await rename(draft, path);
}
