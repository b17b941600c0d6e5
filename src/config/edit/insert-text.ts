/** Puts a new member into an object, or a new element at the end of a list. */

import type { ArrayNode, ObjectNode, ValueNode } from "@humanwhocodes/momoa";
import type { ParsedText, Splice, TextRange } from "./parsed-text.ts";
import { type RenderPlace, renderKey, renderValue } from "./render-value.ts";

/** What is put in; without a key, into a list. */
export interface Insertion {
  readonly key: string | undefined;
  readonly value: unknown;
}

/** The text with it, after everything that is there. The node is an object for an insertion with a key, else a list. */
export function insertInto(parsed: ParsedText, node: ValueNode, insertion: Insertion): string {
  const container = node as ObjectNode | ArrayNode;
  const items = container.type === "Object" ? container.members : container.elements;
  const range = parsed.rangeOf(container);
  const [first, last] = [items[0], items.at(-1)];
  if (first === undefined || last === undefined) return fillEmpty(parsed, range, insertion);
  const firstRange = parsed.rangeOf(first);
  const lastRange = parsed.rangeOf(last);
  const onLines = parsed.breaksIn([range[0], firstRange[0]]) || parsed.breaksIn([lastRange[1], range[1]]);
  const tail: TextRange = [lastRange[1], range[1]];
  const comma = parsed.commaIn(tail);
  const separator: Splice[] = comma === undefined ? [{ range: [lastRange[1], lastRange[1]], text: "," }] : [];
  const end = comma?.[1] ?? lastRange[1];
  const closing = comma === undefined ? "" : ",";
  if (!onLines) {
    const text = ` ${render(parsed, insertion, { indent: "", inline: true })}${closing}`;
    return parsed.splice(joined(separator, { range: [end, end], text }));
  }
  const indent = parsed.indentAt(parsed.breaksIn([range[0], firstRange[0]]) ? firstRange[0] : lastRange[0]);
  const at = endOfLineComments(parsed, end, range[1]);
  const text = `${parsed.style.lineBreak}${indent}${render(parsed, insertion, { indent })}${closing}`;
  return parsed.splice(joined(separator, { range: [at, at], text }));
}

/** Two pieces at one place are one piece. */
function joined([separator]: readonly Splice[], piece: Splice): Splice[] {
  if (separator === undefined) return [piece];
  if (separator.range[0] === piece.range[0]) return [{ ...piece, text: separator.text + piece.text }];
  return [separator, piece];
}

/** What is said behind a value, on its line, belongs to it. */
function endOfLineComments(parsed: ParsedText, start: number, close: number): number {
  let end = start;
  for (const comment of parsed.commentsIn([start, close])) {
    if (parsed.breaksIn([end, comment[0]])) break;
    end = comment[1];
  }
  return end;
}

function fillEmpty(parsed: ParsedText, [start, end]: TextRange, insertion: Insertion): string {
  const { lineBreak, unit } = parsed.style;
  const outer = parsed.indentAt(start);
  const indent = outer + unit;
  const item = render(parsed, insertion, { indent });
  const scalar = insertion.key === undefined && !/[{[]/.test(item[0] ?? "");
  const inner = parsed.text.slice(start + 1, end - 1);
  if (scalar && inner.trim() === "") return parsed.splice([{ range: [start + 1, end - 1], text: item }]);
  const text = `${inner.trimEnd()}${lineBreak}${indent}${item}${lineBreak}${outer}`;
  return parsed.splice([{ range: [start + 1, end - 1], text }]);
}

function render(parsed: ParsedText, { key, value }: Insertion, place: RenderPlace): string {
  const text = renderValue(value, parsed.style, place);
  return key === undefined ? text : `${renderKey(key, parsed.style)}: ${text}`;
}
