/** Stops a change that would throw away much of a configuration, unless it is meant. */

import type { ConfigProblem } from "../config-error.ts";
import { isObject } from "./plain-value.ts";

/** Texts shorter than this may shrink as they like, in characters. */
const smallText = 400;

/** A configuration as text and as a value. */
export interface WrittenConfig {
  readonly text: string;
  readonly value: unknown;
}

/** What looks like an accident; undefined when nothing does. */
export function findClobber(before: WrittenConfig, after: WrittenConfig): ConfigProblem | undefined {
  const hint = "repeat it with --force if that is meant";
  if (isObject(before.value) && isObject(after.value)) {
    const [known, kept] = [before.value, after.value];
    if (Object.hasOwn(known, "gateway") && !Object.hasOwn(kept, "gateway")) {
      return { subject: "gateway", text: "the whole section would go", hint };
    }
    if (Object.keys(known).length > 1 && Object.keys(kept).length === 0) {
      return { subject: "the file", text: "every key would go", hint };
    }
  }
  if (before.text.length < smallText || after.text.length * 2 >= before.text.length) return undefined;
  const share = Math.round((1 - after.text.length / before.text.length) * 100);
  return { subject: "the file", text: `would lose ${share} % of its text`, hint };
}
