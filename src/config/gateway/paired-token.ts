/** Tokens of gateways elsewhere that this machine was paired with: one file each, in `paired` in the state folder. */

import { join } from "node:path";
import { configError } from "../config-error.ts";
import { writeAtomically } from "../edit/atomic-write.ts";
import { readStateFile } from "../file/state-file.ts";

/** What is kept of a pairing. */
export interface PairedToken {
  /** Address of the gateway, without a slash at the end: the token is for it alone. */
  readonly url: string;
  /** What the gateway calls this machine: "devices/{device}". */
  readonly device: string;
  readonly token: string;
  /** PEM of the certificate that is to be trusted there, and no other; undefined for one that an authority signed. */
  readonly certificate?: string | undefined;
}

/** Path of the file for the gateway at `url`. */
export function pairedTokenPath(stateDir: string, url: string): string {
  return join(stateDir, "paired", `${url.replace(/[^A-Za-z0-9.-]+/g, "_")}.json`);
}

/** What is kept for exactly this address; undefined when it was not paired. Throws a ConfigError when the file cannot be used. */
export async function readPairedToken(stateDir: string, url: string): Promise<PairedToken | undefined> {
  const path = pairedTokenPath(stateDir, url);
  const text = await readStateFile(path, "run as the user that paired this machine");
  if (text === undefined) return undefined;
  const kept = parse(text);
  if (kept === undefined) throw configError(path, "does not hold a token", "delete it and pair again");
  return kept.url === url ? kept : undefined;
}

/** Keeps a token, readable by its owner only, in place of the one before. Returns the path. Throws a ConfigError. */
export async function writePairedToken(stateDir: string, paired: PairedToken): Promise<string> {
  const { url, device, token, certificate } = paired;
  const path = pairedTokenPath(stateDir, url);
  await writeAtomically(path, `${JSON.stringify({ url, device, token, certificate }, undefined, 2)}\n`);
  return path;
}

function parse(text: string): PairedToken | undefined {
  try {
    const { url, device, token, certificate } = JSON.parse(text) as Partial<PairedToken>;
    const isWhole = typeof url === "string" && typeof device === "string" && typeof token === "string";
    if (!isWhole || !["undefined", "string"].includes(typeof certificate)) return undefined;
    return { url, device, token, ...(certificate !== undefined && { certificate }) };
  } catch {
    return undefined;
  }
}
