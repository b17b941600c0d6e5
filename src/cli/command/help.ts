/** Help: of the program, of a group of commands, of one command. */

import { type CommandEntry, commands, shortPaths } from "../commands.ts";
import { asTyped, programName } from "../program-name.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Command, globalOptions, type OptionSpec, type OptionSpecs } from "./command.ts";

type Pair = readonly [left: string, right: string];

/** Help of the whole program; of one group when its word is given. */
export function writeOverview(terminal: Terminal, group?: string): void {
  const { bold, dim } = terminal.colors;
  const listed = commands.filter((entry) => group === undefined || entry.path.startsWith(`${group} `));
  terminal.line(`${bold("usage:")} ${programName()} ${group ?? "<command>"} ${group ? "<command> " : ""}[options]`, "");
  writeColumns(
    terminal,
    listed.map((entry) => [entry.path, entry.summary]),
  );
  const short = Object.entries(shortPaths).filter(([, path]) => listed.some((entry) => entry.path === path));
  if (short.length > 0) {
    terminal.line("", dim(`short: ${short.map(([words, path]) => `${words} = ${path}`).join(", ")}`));
  }
  writeSection(terminal, "options of every command:", optionPairs(globalOptions));
  terminal.line("", dim("names may be short: main is sessions/main; a run may be given by its id alone"));
  terminal.line(dim("exit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration, 130 interrupted"));
  terminal.line(dim(asTyped("see: openclaw <command> --help")));
}

/** Help of one command. */
export function writeCommandHelp(terminal: Terminal, entry: CommandEntry, command: Command): void {
  const { bold } = terminal.colors;
  const words = command.words.map((word) => (word.optional ? `[${word.name}]` : `<${word.name}>`)).join(" ");
  terminal.line(
    `${bold("usage:")} ${programName()} ${entry.path} ${words ? `${words} ` : ""}[options]`,
    "",
    entry.summary,
  );
  if (command.details) terminal.line("", ...asTyped(command.details.trim()).split("\n"));
  writeSection(
    terminal,
    "words:",
    command.words.map((word) => [word.name, word.help]),
  );
  writeSection(terminal, "options:", optionPairs(command.options));
  writeSection(terminal, "options of every command:", optionPairs(globalOptions));
  const examples = command.examples ?? [];
  if (examples.length > 0)
    terminal.line("", bold("examples:"), ...examples.map((example) => `  ${programName()} ${example}`));
}

function writeSection(terminal: Terminal, title: string, pairs: readonly Pair[]): void {
  if (pairs.length === 0) return;
  terminal.line("", terminal.colors.bold(title));
  writeColumns(terminal, pairs);
}

function writeColumns(terminal: Terminal, pairs: readonly Pair[]): void {
  const width = Math.max(...pairs.map(([left]) => left.length));
  for (const [left, right] of pairs) terminal.tell(`  ${terminal.colors.cyan(left.padEnd(width))}  ${right}`);
}

function optionPairs(specs: OptionSpecs): Pair[] {
  return Object.entries(specs).map(([name, spec]) => {
    const short = "short" in spec && spec.short ? `-${spec.short}, ` : "    ";
    const value = spec.kind === "switch" ? "" : ` <${spec.value}>`;
    return [`${short}--${name}${value}`, optionHelp(spec)];
  });
}

function optionHelp(spec: OptionSpec): string {
  const notes: string[] = [];
  if (spec.kind === "text" && spec.choices) notes.push(spec.choices.join(", "));
  if (spec.kind === "list") notes.push("may be repeated");
  if ("fallback" in spec && spec.fallback !== undefined) notes.push(`default ${spec.fallback}`);
  return notes.length > 0 ? `${spec.help} (${notes.join("; ")})` : spec.help;
}
