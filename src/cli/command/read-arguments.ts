/** From the words somebody typed to the values a command works with. */

import { findNearest } from "../../lib/nearest.ts";
import type { Command, OptionSpec, OptionSpecs } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** A value as typed: true for a switch. */
type Value = string | number | boolean | readonly string[] | undefined;

/** What was typed, told apart. */
export interface Arguments {
  /** Words that are no options, in order; the command's own path among them. */
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, Value>>;
}

/** A first look: the words before the first option that is not in `specs`, and which switches are on. Never throws. */
export function peekArguments(argv: readonly string[], specs: OptionSpecs): { words: string[]; on: Set<string> } {
  const words: string[] = [];
  const on = new Set<string>();
  let known = true;
  for (const token of tokens(argv, specs)) {
    if (token.kind === "positional" && known) words.push(token.value);
    if (token.kind !== "option") continue;
    if (specs[token.name]?.kind === "switch") on.add(token.name);
    known &&= specs[token.name] !== undefined;
  }
  return { words, on };
}

/**
 * Tells options and words apart. Throws a UsageError for an unknown option (with the nearest known one), a missing value
 * or one of the wrong kind.
 */
export function readArguments(argv: readonly string[], specs: OptionSpecs): Arguments {
  const words: string[] = [];
  const given = new Map<string, string[]>();
  for (const token of tokens(argv, specs)) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const spec = specs[token.name];
    if (!spec) throw unknownOption(token.rawName, specs);
    given.set(token.name, [...(given.get(token.name) ?? []), typedValue(token, spec)]);
  }
  const options: Record<string, Value> = {};
  for (const [name, spec] of Object.entries(specs)) {
    options[name] = toValue(`--${name}`, spec, given.get(name));
  }
  return { words, options };
}

/** Gives each word its name. Throws a UsageError when one is missing or nobody asked for it. */
export function nameWords(
  words: readonly string[],
  command: Command,
  path: string,
): Record<string, string | undefined> {
  const named: Record<string, string | undefined> = {};
  let used = 0;
  for (const spec of command.words) {
    const word = spec.rest ? words.slice(used).join(" ") : words[used];
    used = spec.rest ? words.length : used + 1;
    if (!word && !spec.optional) {
      throw new UsageError(`${path} needs <${spec.name}>: ${spec.help}`, `see: openclaw ${path} --help`);
    }
    named[spec.name] = word || undefined;
  }
  if (words.length > used) {
    throw new UsageError(`${path} does not take "${words[used]}"`, `see: openclaw ${path} --help`);
  }
  return named;
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function tokens(argv: readonly string[], specs: OptionSpecs) {
  const { parseArgs } = process.getBuiltinModule("node:util");
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const type: "boolean" | "string" = spec.kind === "switch" ? "boolean" : "string";
      const short = "short" in spec ? spec.short : undefined;
      return [name, short === undefined ? { type } : { type, short }];
    }),
  );
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function typedValue(token: OptionToken, spec: OptionSpec): string {
  if (spec.kind === "switch") {
    if (token.value === undefined) return "true";
    throw new UsageError(`${token.rawName} takes no value`, `write just ${token.rawName}`);
  }
  const optionLike = token.value?.startsWith("-") && token.value !== "-" && !token.inlineValue;
  if (token.value !== undefined && !optionLike) return token.value;
  throw new UsageError(`${token.rawName} needs a value`, `write ${token.rawName}=<${spec.value}>`);
}

function toValue(name: string, spec: OptionSpec, given: readonly string[] | undefined): Value {
  const last = given?.at(-1);
  switch (spec.kind) {
    case "switch":
      return last !== undefined;
    case "list":
      return given ?? [];
    case "text":
      if (last === undefined) return spec.fallback;
      if (spec.choices && !spec.choices.includes(last)) throw wrongChoice(name, last, spec.choices);
      return last;
    case "number":
      return last === undefined ? spec.fallback : toNumber(name, last, spec);
  }
}

function toNumber(name: string, typed: string, { min, max }: { min: number; max: number }): number {
  const value = /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${name} is "${typed}"`, `give a whole number from ${min} to ${max}`);
}

function wrongChoice(name: string, typed: string, choices: readonly string[]): UsageError {
  const nearest = findNearest(typed, choices);
  const next = nearest ? `did you mean ${nearest}?` : `choose one of: ${choices.join(", ")}`;
  return new UsageError(`${name} cannot be "${typed}"`, next);
}

function unknownOption(rawName: string, specs: OptionSpecs): UsageError {
  const nearest = findNearest(rawName.replace(/^-+/, ""), Object.keys(specs));
  return new UsageError(`unknown option ${rawName}`, nearest ? `did you mean --${nearest}?` : "see: openclaw --help");
}
