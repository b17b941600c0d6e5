/** The token a gateway makes for itself when none is configured: `gateway.token` in the state folder. */

import { chmod, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { NewFile } from "../../lib/host/new-file.ts";
import { isWhole, makeSecret } from "../../lib/secret/checked-secret.ts";
import { ConfigError, configError } from "../config-error.ts";
import { readStateFile } from "../file/state-file.ts";

const fileName = "gateway.token";
const shape = { prefix: "ocg_", randomBytes: 32 };
/** As earlier versions made it; such a token goes on working. */
const earlierFormat = /^oc_tok_[A-Za-z0-9_-]{43}$/;

/** Path of the file with the token. */
export function tokenPath(stateDir: string): string {
  return join(stateDir, fileName);
}

/** The token; undefined when no gateway made one here yet. Throws a ConfigError when the file cannot be used. */
export async function readToken(stateDir: string): Promise<string | undefined> {
  const path = tokenPath(stateDir);
  const text = await readStateFile(path);
  if (text === undefined) return undefined;
  const token = text.trim();
  if (isWhole(shape, token) || earlierFormat.test(token)) return token;
  throw configError(path, "does not hold a token", "delete it and start the gateway again");
}

/**
 * The token, made now when there is none: "ocg_", 256 random bits and a checksum. The file is readable by its owner only and complete
 * from the moment it exists; of several gateways starting at once, all get the same token. Makes the folder (0700) if needed.
 */
export async function ensureToken(stateDir: string): Promise<string> {
  const existing = await readToken(stateDir);
  if (existing === undefined) return await makeToken(stateDir);
  const path = tokenPath(stateDir);
  if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
  return existing;
}

async function makeToken(stateDir: string): Promise<string> {
  const path = tokenPath(stateDir);
  const token = makeSecret(shape);
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    return (await writeIfFirst(path, `${token}\n`)) ? token : ((await readToken(stateDir)) ?? token);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw configError(path, `cannot be written (${code ?? message})`, "make the state folder writable");
  }
}

/** False when another gateway was faster. */
async function writeIfFirst(path: string, text: string): Promise<boolean> {
  try {
    const file = await NewFile.create(path);
    try {
      await file.write(Buffer.from(text));
      await file.finish();
    } finally {
      await file.abandon();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
