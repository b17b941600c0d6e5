/**
 * Values of keys that do not stand on the command line, where every user of the machine can read them: "key=-" is a line of
 * standard input, and "key=@file" of a secret is what the file holds.
 */

import { readFile } from "node:fs/promises";
import { createInterface, type Interface } from "node:readline";
import { UsageError } from "../command/usage-error.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { isSecretKey, type WantedChannel } from "./channel-edits.ts";

/** What help says of them, to be put behind the options that take keys. */
export const hiddenValuesHelp = `A secret on the command line can be seen by others on this machine: key=- reads it from standard input (one line; in a
terminal it is asked for), key=@file from a file. A secret that begins with @ is written with another @ before it.`;

type Keys = WantedChannel["keys"];

/** The keys with their values. Throws a UsageError when there is no line or no file to read. */
export async function takeHiddenValues(keys: Keys, terminal: Pick<Terminal, "stdin" | "canAsk">): Promise<Keys> {
  let input: Interface | undefined;
  let lines: AsyncIterator<string> | undefined;
  const nextLine = async (key: string): Promise<string> => {
    if (terminal.canAsk) return await askHidden(key);
    input ??= createInterface({ input: terminal.stdin });
    lines ??= input[Symbol.asyncIterator]();
    const { value, done } = await lines.next();
    if (!done && value !== "") return value;
    throw new UsageError(`there is no line for ${key} on standard input`, `pipe it in, or write ${key}=@file`);
  };
  const taken: [key: string, text: string][] = [];
  try {
    for (const [key, text] of keys) {
      if (text === "-") taken.push([key, await nextLine(key)]);
      else if (isSecretKey(key) && text.startsWith("@")) taken.push([key, await valueBehind(key, text.slice(1))]);
      else taken.push([key, text]);
    }
    return taken;
  } finally {
    // A pipe that whoever writes to it leaves open would keep the program from ending.
    input?.close();
  }
}

/** True when one of them is read from standard input. */
export function readsInput(keys: Keys): boolean {
  return keys.some(([, text]) => text === "-");
}

async function askHidden(key: string): Promise<string> {
  const { Dialog } = await import("../onboard/dialog.ts");
  return await (await Dialog.open("openclaw")).secret(key);
}

async function valueBehind(key: string, name: string): Promise<string> {
  if (name.startsWith("@")) return name;
  const text = await readFile(name, "utf8").catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code})`;
    throw new UsageError(
      `the file of ${key}, ${JSON.stringify(name)}, ${why}`,
      `a value that begins with @ is written ${key}=@@…`,
    );
  });
  const value = text.replace(/\r?\n$/, "");
  if (value !== "" && !value.includes("\n")) return value;
  throw new UsageError(
    `the file of ${key}, ${JSON.stringify(name)}, is not one line`,
    "put nothing but the value into it",
  );
}
