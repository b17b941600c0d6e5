/** Which command a line means. */

import { findNearest } from "../../lib/nearest.ts";
import { type CommandEntry, commands, shortPaths } from "../commands.ts";
import { UsageError } from "./usage-error.ts";

/** A command, and how many words of the line name it. */
export interface FoundCommand {
  readonly entry: CommandEntry;
  readonly wordCount: number;
}

/** The command the first words name, by its path or a short one. Throws a UsageError with the nearest one otherwise. */
export function findCommand(words: readonly string[]): FoundCommand {
  for (const wordCount of [2, 1]) {
    const path = words.slice(0, wordCount).join(" ");
    const entry = words.length >= wordCount ? commands.find((one) => one.path === path) : undefined;
    if (entry) return { entry, wordCount };
  }
  const [group = "", verb] = words;
  const entry = commands.find((one) => one.path === shortPaths[group]);
  if (entry && (verb === undefined || !isGroup(group))) return { entry, wordCount: 1 };
  throw unknownCommand(group, verb);
}

/** True when commands of two words begin with it. */
export function isGroup(word: string): boolean {
  return commands.some((entry) => entry.path.startsWith(`${word} `));
}

function unknownCommand(group: string, verb: string | undefined): UsageError {
  if (verb !== undefined && isGroup(group)) {
    const verbs = commands.filter((one) => one.path.startsWith(`${group} `)).map((one) => one.path);
    const nearest = findNearest(`${group} ${verb}`, verbs);
    const next = nearest ? `did you mean: openclaw ${nearest}?` : `see: openclaw ${group} --help`;
    return new UsageError(`unknown command "${group} ${verb}"`, next);
  }
  const firstWords = new Set([...commands.map((one) => one.path.split(" ")[0] ?? ""), ...Object.keys(shortPaths)]);
  const nearest = findNearest(group, firstWords);
  return new UsageError(
    `unknown command "${group}"`,
    nearest ? `did you mean: openclaw ${nearest}?` : "see: openclaw --help",
  );
}
