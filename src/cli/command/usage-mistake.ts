/** What is wrong with a line that yargs refuses, and what was probably meant. */

import type { Argv } from "yargs";
import { findNearest } from "../../lib/text/nearest.ts";
import { commands, isGroup, shortPaths } from "../commands.ts";
import { type Parsed, readOptions, wordsKey } from "./argument-values.ts";
import type { OptionSpec, OptionSpecs } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** Puts yargs' verdict in our words. `specs` are the options the line may have. */
export function explainMistake(verdict: string, read: Argv["parsed"], specs: OptionSpecs): UsageError {
  const fallback = new UsageError(verdict, "see: openclaw --help");
  if (!read) return fallback;
  const parsed = read.argv as unknown as Parsed;
  const [group, verb] = [...parsed._, ...(parsed[wordsKey] ?? [])].map(String);
  if (group !== undefined && !names(group, verb)) return unknownCommand(group, verb);
  const [, lacking] = /^Not enough arguments following: (.*)$/.exec(read.error?.message ?? "") ?? [];
  if (lacking !== undefined) return missingValue(lacking, specs);
  const known = new Set(["_", "--", "$0", wordsKey, ...Object.entries(specs).flatMap(namesOf)]);
  const unknown = Object.keys(parsed).find((key) => !known.has(key));
  if (unknown !== undefined) return unknownOption(unknown, specs);
  readOptions(parsed, specs);
  return fallback;
}

/** The words name no command: says so, with the nearest one. */
export function unknownCommand(group: string, verb: string | undefined): UsageError {
  const inGroup = verb !== undefined && isGroup(group);
  const typed = inGroup ? `${group} ${verb}` : group;
  const paths = commands.map((one) => one.path);
  const candidates = inGroup
    ? paths.filter((path) => path.startsWith(`${group} `))
    : new Set([...paths.map((path) => path.split(" ")[0] ?? ""), ...Object.keys(shortPaths)]);
  const nearest = findNearest(typed, candidates);
  const help = inGroup ? `see: openclaw ${group} --help` : "see: openclaw --help";
  return new UsageError(`unknown command "${typed}"`, nearest ? `did you mean: openclaw ${nearest}?` : help);
}

/** True when the words are the beginning of a command. */
function names(group: string, verb: string | undefined): boolean {
  if (isGroup(group)) return verb === undefined || commands.some((one) => one.path === `${group} ${verb}`);
  return group in shortPaths || commands.some((one) => one.path === group);
}

function missingValue(key: string, specs: OptionSpecs): UsageError {
  const spec = Object.entries(specs).find((entry) => namesOf(entry).includes(key))?.[1];
  const value = spec && "value" in spec ? spec.value : "value";
  return new UsageError(`${dashed(key)} needs a value`, `write ${dashed(key)}=<${value}>`);
}

function unknownOption(key: string, specs: OptionSpecs): UsageError {
  const nearest = findNearest(key, Object.keys(specs));
  return new UsageError(
    `unknown option ${dashed(key)}`,
    nearest ? `did you mean --${nearest}?` : "see: openclaw --help",
  );
}

function namesOf([name, spec]: readonly [string, OptionSpec]): string[] {
  return "short" in spec && spec.short ? [name, spec.short] : [name];
}

function dashed(key: string): string {
  return key.length === 1 ? `-${key}` : `--${key}`;
}
