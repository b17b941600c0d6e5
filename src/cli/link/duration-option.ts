/** Lengths of time as options. */

import { type Duration, durationFromMs } from "@bufbuild/protobuf/wkt";
import { UsageError } from "../command/usage-error.ts";
import { parseDuration } from "../service/duration.ts";

/** "30d" as the contract has it; undefined when nothing was given. Throws a UsageError that names the option. */
export function durationOption(name: string, typed: string | undefined): Duration | undefined {
  if (typed === undefined) return undefined;
  const ms = parseDuration(typed);
  if (ms !== undefined && ms > 0) return durationFromMs(ms);
  throw new UsageError(`--${name} is "${typed}"`, "write a length of time: 30s, 10m, 12h, 30d");
}
