/** `.env` in the state folder: where keys are kept for a gateway that no shell starts. */

import { join } from "node:path";
import { configError } from "../config-error.ts";
import { writeAtomically } from "../edit/atomic-write.ts";
import { readStateFile } from "./state-file.ts";

/**
 * Sets variables in the file, making it (mode 0600) if needed; every other line stays as it is. Returns the names whose value
 * was another one. Throws a ConfigError for a value that has more than one line, and when it cannot be written.
 */
export async function setEnvironmentVariables(
  stateDir: string,
  variables: Readonly<Record<string, string>>,
): Promise<string[]> {
  const path = join(stateDir, ".env");
  const before = (await readStateFile(path)) ?? "";
  const known = process.getBuiltinModule("node:util").parseEnv(before);
  const changed = Object.entries(variables).filter(([name, value]) => known[name] !== value);
  if (changed.length === 0) return [];
  const text = changed.reduce((lines, [name, value]) => setLine(lines, name, value), before);
  await writeAtomically(path, text);
  return changed.map(([name]) => name);
}

/** The last line that sets a variable counts; it is replaced where it stands, and others of the name go. */
function setLine(text: string, name: string, value: string): string {
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const sets = (line: string): boolean => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(line);
  const line = `${name}=${quote(name, value)}`;
  const last = lines.findLastIndex(sets);
  if (last < 0) return `${[...lines, line].join("\n")}\n`;
  return `${lines.flatMap((old, index) => (index === last ? [line] : sets(old) ? [] : [old])).join("\n")}\n`;
}

/** Bare where that is enough; else in the one kind of quotes the value does not have. In double ones \n is a line break. */
function quote(name: string, value: string): string {
  if (/^[\w@%+=:,./-]*$/.test(value)) return value;
  const marks = value.includes("\\n") ? ["'", "`"] : ["'", '"', "`"];
  const mark = marks.find((candidate) => !value.includes(candidate));
  if (mark === undefined || /[\r\n]/.test(value)) {
    throw configError(
      name,
      "cannot be written into .env: it has line breaks, or every kind of quotes",
      "set it elsewhere",
    );
  }
  return `${mark}${value}${mark}`;
}
