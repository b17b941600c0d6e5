/** Reads a command line with yargs: which command it means, and what is given to it. A command loads when it is meant. */

import yargs, { type Argv, type Options } from "yargs";
import { type CommandEntry, commands, isGroup, shortPaths } from "../commands.ts";
import { type Given, nameWords, type Parsed, readOptions, wordsKey } from "./argument-values.ts";
import { type Command, globalOptions, type OptionSpec, type OptionSpecs } from "./command.ts";
import { explainMistake, unknownCommand } from "./usage-mistake.ts";

/** What a command line asks for; "completed": what a shell asked while somebody typed, which is answered already. */
export type CommandLine =
  | { readonly kind: "command"; readonly command: Command; readonly given: Given }
  | { readonly kind: "commandHelp"; readonly entry: CommandEntry; readonly command: Command }
  | { readonly kind: "overview"; readonly group: string | undefined }
  | { readonly kind: "version" }
  | { readonly kind: "completed" };

/** What yargs knows a line by while a shell asks for completions. */
const completionKey = "get-yargs-completions";

const version = { kind: "switch", short: "V", help: "show the version" } as const;

/** Words and values are taken as they are typed: nothing is negated, split or made a number. */
const takenAsTyped = {
  "boolean-negation": false,
  "camel-case-expansion": false,
  "dot-notation": false,
  "parse-numbers": false,
  "parse-positional-numbers": false,
  "populate--": true,
  "short-option-groups": false,
} as const;

/** Reads the words after "openclaw". Throws a UsageError that says what is wrong and what to type instead. */
export async function readCommandLine(words: readonly string[]): Promise<CommandLine> {
  let specs: OptionSpecs = { ...globalOptions, version };
  const line = yargs([...words]);
  line
    .parserConfiguration(takenAsTyped)
    .detectLocale(false)
    .exitProcess(false)
    .help(false)
    .version(false)
    .strict()
    .recommendCommands()
    .fail((verdict, error) => {
      throw error && error.name !== "YError" ? error : explainMistake(verdict, line.parsed, specs);
    })
    .middleware(() => {
      const read = line.parsed;
      if (read !== false && read.error) throw explainMistake("", read, specs);
    }, true)
    .options(yargsOptions(globalOptions))
    .option("version", { ...yargsOption(version), global: false });
  addCommands(line, (to, names, entry) => {
    let command: Command;
    const load = async (inner: Argv): Promise<Argv> => {
      ({ command } = await entry.load());
      specs = { ...globalOptions, ...command.options };
      return inner.options(yargsOptions(command.options));
    };
    to.command(names, entry.summary, load, (parsed) => {
      throw new Understood(understand(parsed, entry, command));
    });
  });
  try {
    const parsed = await line.parseAsync();
    if (completionKey in parsed) return { kind: "completed" };
    if (parsed.version) return { kind: "version" };
    const word = String(parsed._[0] ?? "");
    return { kind: "overview", group: isGroup(word) ? word : undefined };
  } catch (thrown) {
    if (thrown instanceof Understood) return thrown.meant;
    throw thrown;
  }
}

/** Thrown to leave yargs at once: a handler that returns makes it write its own help, for later. */
class Understood extends Error {
  readonly meant: CommandLine;

  constructor(meant: CommandLine) {
    super();
    this.meant = meant;
  }
}

/** Names every command: by its path, and by the short one. */
function addCommands(line: Argv, add: (to: Argv, names: string[], entry: CommandEntry) => void): void {
  const groups = new Set(commands.flatMap(({ path }) => (path.includes(" ") ? [path.split(" ")[0] ?? ""] : [])));
  for (const entry of commands) if (!entry.path.includes(" ")) add(line, [`${entry.path} [${wordsKey}..]`], entry);
  for (const group of groups) {
    const members = commands.filter((entry) => entry.path.startsWith(`${group} `));
    line.command(group, `${members.length} commands`, (inner) => {
      for (const entry of members) {
        // "$0" is yargs' name for the command of a line that names none.
        const short = entry.path === shortPaths[group] ? ["$0"] : [];
        add(inner, [`${entry.path.slice(group.length + 1)} [${wordsKey}..]`, ...short], entry);
      }
    });
  }
  for (const [word, path] of Object.entries(shortPaths)) {
    const entry = commands.find((one) => one.path === path);
    if (entry && !isGroup(word)) add(line, [`${word} [${wordsKey}..]`], entry);
  }
}

function understand(parsed: Parsed, entry: CommandEntry, command: Command): CommandLine {
  const typed = parsed._.join(" ");
  const words = [...(parsed[wordsKey] ?? []), ...(parsed["--"] ?? [])];
  // A group alone means one of its commands; with a word, that word should have been a command.
  const group = entry.path.startsWith(`${typed} `) ? typed : undefined;
  if (group !== undefined && words.length > 0) throw unknownCommand(group, words[0]);
  if (parsed.help) return group === undefined ? { kind: "commandHelp", entry, command } : { kind: "overview", group };
  const options = readOptions(parsed, { ...globalOptions, ...command.options });
  return { kind: "command", command, given: { options, words: nameWords(words, command, entry.path) } };
}

function yargsOptions(specs: OptionSpecs): Record<string, Options> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, yargsOption(spec)]));
}

function yargsOption(spec: OptionSpec): Options {
  const named = { describe: spec.help, ...("short" in spec && spec.short ? { alias: spec.short } : {}) };
  if (spec.kind === "switch") return { ...named, type: "boolean" };
  const choices = spec.kind === "text" && spec.choices ? { choices: spec.choices } : {};
  return { ...named, ...choices, type: "string", nargs: 1 };
}
