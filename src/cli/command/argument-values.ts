/** From what yargs read to the values a command works with. */

import { findNearest } from "../../lib/text/nearest.ts";
import type { Command, OptionSpec, OptionSpecs } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** Where yargs keeps the words after a command; in capitals, so that no option is called so. */
export const wordsKey = "WORDS";

/** A line as yargs reads it: what is typed more than once is a list. */
export interface Parsed {
  /** Words that name the command. */
  readonly _: readonly (string | number)[];
  readonly [wordsKey]?: readonly string[];
  /** Words after a lone "--". */
  readonly "--"?: readonly string[];
  readonly [name: string]: unknown;
}

/** A value: true for a switch. */
type Value = string | number | boolean | readonly string[] | undefined;

/** What is given to a command. */
export interface Given {
  readonly options: Readonly<Record<string, Value>>;
  readonly words: Readonly<Record<string, string | undefined>>;
}

/** The value of each option. Throws a UsageError for one of the wrong kind. */
export function readOptions(parsed: Parsed, specs: OptionSpecs): Given["options"] {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const given = parsed[name] === undefined ? [] : [parsed[name]].flat();
      return [name, toValue(`--${name}`, spec, given)];
    }),
  );
}

/** Gives each word its name. Throws a UsageError when one is missing or nobody asked for it. */
export function nameWords(words: readonly string[], command: Command, path: string): Given["words"] {
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

function toValue(name: string, spec: OptionSpec, given: readonly unknown[]): Value {
  if (spec.kind === "switch") {
    if (given.includes(false)) throw new UsageError(`${name} takes no value`, `write just ${name}`);
    return given.length > 0;
  }
  const texts = given.map(String);
  const last = texts.at(-1);
  switch (spec.kind) {
    case "list":
      return texts;
    case "text":
      for (const text of texts) checkChoice(name, text, spec.choices);
      return last ?? spec.fallback;
    case "number":
      return last === undefined ? spec.fallback : toNumber(name, last, spec);
  }
}

function toNumber(name: string, typed: string, { min, max }: { min: number; max: number }): number {
  const value = /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${name} is "${typed}"`, `give a whole number from ${min} to ${max}`);
}

function checkChoice(name: string, typed: string, choices: readonly string[] | undefined): void {
  if (choices === undefined || choices.includes(typed)) return;
  const nearest = findNearest(typed, choices);
  const next = nearest ? `did you mean ${nearest}?` : `choose one of: ${choices.join(", ")}`;
  throw new UsageError(`${name} cannot be "${typed}"`, next);
}
