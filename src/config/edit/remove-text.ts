/** Takes a member out of an object, or an element out of a list. */

import type { ArrayNode, ObjectNode } from "@humanwhocodes/momoa";
import { memberName } from "../file/json5-source.ts";
import type { Located, ParsedText, Splice, TextRange } from "./parsed-text.ts";

/** The text without it and its comma. The line goes, too, when nothing else is on it; comments beside it stay. */
export function removeFrom(parsed: ParsedText, node: ObjectNode | ArrayNode, key: PropertyKey): string {
  const items: readonly Located[] = node.type === "Object" ? node.members : node.elements;
  const index = node.type === "Object" ? memberIndex(node, key) : Number(key);
  const item = items[index];
  if (item === undefined) return parsed.text;
  const range = parsed.rangeOf(item);
  const next = items[index + 1];
  const before = items[index - 1];
  const following = parsed.commaIn([range[1], next === undefined ? parsed.rangeOf(node)[1] : parsed.rangeOf(next)[0]]);
  if (following !== undefined) return parsed.splice(pieces(parsed, range, following));
  const preceding = before === undefined ? undefined : parsed.commaIn([parsed.rangeOf(before)[1], range[0]]);
  return parsed.splice(pieces(parsed, range, preceding));
}

function pieces(parsed: ParsedText, item: TextRange, comma: TextRange | undefined): Splice[] {
  if (comma === undefined) return [gone(wholeLines(parsed, item))];
  const [first, second] = comma[0] < item[0] ? [comma, item] : [item, comma];
  const together = parsed.text.slice(first[1], second[0]).trim() === "";
  if (together && first === comma) return [gone([comma[0], item[1]])];
  if (together) return [gone(wholeLines(parsed, [item[0], comma[1]]))];
  return [gone(wholeLines(parsed, item)), gone(comma)];
}

function gone(range: TextRange): Splice {
  return { range, text: "" };
}

/** The lines of what goes when they hold nothing else, else it and the spaces behind it. */
function wholeLines({ text }: ParsedText, [start, end]: TextRange): TextRange {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const rest = /^[ \t]*(\r?\n)?/.exec(text.slice(end))?.[0] ?? "";
  const alone = text.slice(from, start).trim() === "" && rest.endsWith("\n");
  if (alone) return [from, end + rest.length];
  return [start, end + (rest.endsWith("\n") ? 0 : rest.length)];
}

/** The last one of the name counts, as when the text is read. */
function memberIndex({ members }: ObjectNode, key: PropertyKey): number {
  return members.findLastIndex((member) => memberName(member) === key);
}
