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
  if (unknown !== undefined) return unknownOption(unknown, specs, helpOf(group, verb));
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
  // Only the word that is wrong counts: a long group would make every command of it look near.
  const words = new Map([...candidates].map((path) => [inGroup ? path.slice(group.length + 1) : path, path]));
  const nearest = words.get(findNearest(inGroup ? verb : group, words.keys()) ?? "");
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
  return new UsageError(
    `${dashed(key)} needs a value`,
    `write ${dashed(key)}${key.length === 1 ? " " : "="}<${value}>`,
  );
}

function unknownOption(key: string, specs: OptionSpecs, help: string): UsageError {
  const nearest = findNearest(key, Object.keys(specs));
  return new UsageError(`unknown option ${dashed(key)}`, nearest ? `did you mean --${nearest}?` : help);
}

/** Where the options of the command that was typed are listed. */
function helpOf(group: string | undefined, verb: string | undefined): string {
  const typed = [`${group} ${verb}`, shortPaths[group ?? ""], group];
  const path = typed.find((one) => commands.some((command) => command.path === one));
  return path === undefined ? "see: openclaw --help" : `see: openclaw ${path} --help`;
}

function namesOf([name, spec]: readonly [string, OptionSpec]): string[] {
  return "short" in spec && spec.short ? [name, spec.short] : [name];
}

function dashed(key: string): string {
  return key.length === 1 ? `-${key}` : `--${key}`;
}
