/** The places secrets are fetched from: the environment, files, and programs that know them. */

import { constants, type FileHandle, lstat, open } from "node:fs/promises";
import { expandPath, readVariable, type Surroundings } from "../environment.ts";
import { askProgram } from "./ask-program.ts";

/** One of `secrets.providers`, every default filled in. */
export type SecretProvider =
  | { readonly source: "env"; readonly allow?: readonly string[] | undefined }
  | { readonly source: "file"; readonly path: string; readonly mode: "json" | "singleValue" }
  | {
      readonly source: "exec";
      readonly command: string;
      readonly args: readonly string[];
      readonly passEnv: readonly string[];
      readonly timeoutMs: number;
      readonly maxOutputBytes: number;
    };

/** A secret, or why there is none; the reason never holds one. */
export type FetchedSecret = { readonly value: string } | { readonly reason: string };

const maxFileBytes = 1_048_576;

/** Which secrets are wanted of the provider with this name. */
export interface WantedSecrets {
  readonly name: string;
  readonly ids: readonly string[];
}

/** Fetches every id from one provider; each id gets its answer. */
export async function fetchSecrets(
  provider: SecretProvider,
  wanted: WantedSecrets,
  surroundings: Surroundings,
): Promise<ReadonlyMap<string, FetchedSecret>> {
  const { ids } = wanted;
  switch (provider.source) {
    case "env":
      return answers(ids, (id) => fromVariable(provider.allow, id, surroundings));
    case "file":
      return await fromFile(provider, ids, surroundings);
    case "exec":
      return await fromProgram(provider, wanted, surroundings);
  }
}

function answers(ids: readonly string[], answer: (id: string) => FetchedSecret): Map<string, FetchedSecret> {
  return new Map(ids.map((id) => [id, answer(id)]));
}

function fromVariable(allow: readonly string[] | undefined, id: string, { environment }: Surroundings): FetchedSecret {
  if (allow !== undefined && !allow.includes(id)) return { reason: `the provider does not allow the variable ${id}` };
  const value = readVariable(environment, id);
  return value === undefined ? { reason: `the variable ${id} is not set` } : { value };
}

async function fromFile(
  { path, mode }: Extract<SecretProvider, { source: "file" }>,
  ids: readonly string[],
  { home }: Surroundings,
): Promise<ReadonlyMap<string, FetchedSecret>> {
  const text = await readSecretFile(expandPath(path, "/", home));
  if (typeof text !== "string") return answers(ids, () => text);
  if (mode === "singleValue") {
    const value = text.replace(/\r?\n$/, "");
    return answers(ids, (id) => (id === "value" ? nonEmpty(value) : { reason: 'a single value has the id "value"' }));
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return answers(ids, () => ({ reason: `${path} is not JSON` }));
  }
  return answers(ids, (id) => atPointer(document, id));
}

async function readSecretFile(path: string): Promise<string | { readonly reason: string }> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { reason: `${path} cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return { reason: `${path} is not a regular file` };
    if ((stats.mode & 0o022) !== 0) return { reason: `${path} can be written by others; chmod go-w it` };
    if (stats.size > maxFileBytes) return { reason: `${path} is larger than ${maxFileBytes} bytes` };
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

/** RFC 6901. */
function atPointer(document: unknown, pointer: string): FetchedSecret {
  if (pointer === "value") return { reason: '"value" is for files with mode singleValue; name a JSON pointer' };
  let found = document;
  for (const part of pointer.slice(1).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const here = typeof found === "object" && found !== null && Object.hasOwn(found, key);
    if (!here) return { reason: `the file has nothing at ${pointer}` };
    found = (found as Record<string, unknown>)[key];
  }
  return typeof found === "string" ? nonEmpty(found) : { reason: `what the file has at ${pointer} is not text` };
}

async function fromProgram(
  provider: Extract<SecretProvider, { source: "exec" }>,
  { name, ids }: WantedSecrets,
  { environment, home }: Surroundings,
): Promise<ReadonlyMap<string, FetchedSecret>> {
  const { args, passEnv, timeoutMs, maxOutputBytes } = provider;
  const command = expandPath(provider.command, "/", home);
  const refused = await refuseProgram(command);
  if (refused !== undefined) return answers(ids, () => ({ reason: refused }));
  const given = ["PATH", "HOME", ...passEnv].map((name) => [name, environment[name]] as const);
  const input = JSON.stringify({ protocolVersion: 1, provider: name, ids });
  const output = await askProgram({
    command,
    args,
    environment: Object.fromEntries(given),
    input,
    timeoutMs,
    maxOutputBytes,
  });
  if ("reason" in output) return answers(ids, () => output);
  const answer = readAnswer(output.text);
  if (answer === undefined) return answers(ids, () => ({ reason: `${command} did not answer in protocol version 1` }));
  return answers(ids, (id) => {
    const value = Object.hasOwn(answer.values, id) ? answer.values[id] : undefined;
    return typeof value === "string" ? nonEmpty(value) : { reason: `${command} has no value for ${id}` };
  });
}

/** A link could be turned to another program by whoever may write its folder. */
async function refuseProgram(command: string): Promise<string | undefined> {
  try {
    const stats = await lstat(command);
    if (stats.isSymbolicLink()) return `${command} is a symbolic link; name the program itself`;
    if (!stats.isFile()) return `${command} is not a program`;
    return (stats.mode & 0o022) === 0 ? undefined : `${command} can be changed by others; chmod go-w it`;
  } catch (error) {
    return `${command} cannot be run (${(error as NodeJS.ErrnoException).code})`;
  }
}

function readAnswer(text: string): { readonly values: Record<string, unknown> } | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    const { protocolVersion, values } = (answer ?? {}) as { protocolVersion?: unknown; values?: unknown };
    if (protocolVersion !== 1 || typeof values !== "object" || values === null) return undefined;
    return { values: values as Record<string, unknown> };
  } catch {
    return undefined;
  }
}

function nonEmpty(value: string): FetchedSecret {
  return value === "" ? { reason: "the secret is empty" } : { value };
}
