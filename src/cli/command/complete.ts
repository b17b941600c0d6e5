/** What a shell offers while somebody types a command line. */

import { commands, shortPaths } from "../commands.ts";
import { type Command, globalOptions, type OptionSpecs } from "./command.ts";
import { peekArguments } from "./read-arguments.ts";

/** What may stand where the last of the words begins; the words are those after "openclaw". Never throws. */
export async function complete(typed: readonly string[]): Promise<string[]> {
  const current = typed.at(-1) ?? "";
  const before = typed.slice(0, -1);
  const { words } = peekArguments(before, globalOptions);
  const entry = commands.find((one) => one.path === words.slice(0, 2).join(" ") || one.path === words[0]);
  if (!entry) return pathWords(words).filter((word) => word.startsWith(current));
  const { command } = await entry.load();
  return candidates(command, before.at(-1) ?? "", current).filter((word) => word.startsWith(current));
}

function pathWords(words: readonly string[]): string[] {
  if (words.length > 1) return [];
  const [group] = words;
  if (group === undefined) {
    return [...new Set([...commands.map((one) => one.path.split(" ")[0] ?? ""), ...Object.keys(shortPaths)])].sort();
  }
  return commands.flatMap((one) => (one.path.startsWith(`${group} `) ? [one.path.slice(group.length + 1)] : []));
}

function candidates(command: Command, previous: string, current: string): string[] {
  const specs: OptionSpecs = { ...globalOptions, ...command.options };
  const spec = previous.startsWith("--") ? specs[previous.slice(2)] : undefined;
  if (spec && spec.kind !== "switch") return spec.kind === "text" ? [...(spec.choices ?? [])] : [];
  return current.startsWith("-") ? Object.keys(specs).map((name) => `--${name}`) : [];
}
