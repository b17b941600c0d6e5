/** JSON5 text with the place of every token, and the manner in which it is written. */

import { parse, type Token, type ValueNode } from "@humanwhocodes/momoa";
import { renderValue, type WritingStyle } from "./render-value.ts";

/** Where something stands: the offset of its first character, and the one after its last. */
export type TextRange = readonly [start: number, end: number];

/** A node or a token. */
export type Located = Pick<Token, "loc">;

/** A piece of text to be put in the place of another. */
export interface Splice {
  readonly range: TextRange;
  readonly text: string;
}

/** Text that could be parsed. Throws the parser's error for other text: check it first. */
export class ParsedText {
  readonly text: string;
  readonly body: ValueNode;
  readonly style: WritingStyle;
  readonly #tokens: readonly Token[];
  readonly #shift: number;

  constructor(text: string) {
    this.text = text;
    // The parser knows no byte order mark.
    this.#shift = text.startsWith("\uFEFF") ? 1 : 0;
    const { body, tokens = [] } = parse(text.slice(this.#shift), { mode: "json5", tokens: true });
    this.body = body;
    this.#tokens = tokens;
    this.style = this.#readStyle();
  }

  rangeOf({ loc }: Located): TextRange {
    return [loc.start.offset + this.#shift, loc.end.offset + this.#shift];
  }

  /** The first comma between two places. */
  commaIn([start, end]: TextRange): TextRange | undefined {
    return this.#tokensIn([start, end]).find((token) => token.type === "Comma")?.range;
  }

  /** The comments between two places. */
  commentsIn(range: TextRange): TextRange[] {
    return this.#tokensIn(range)
      .filter(({ type }) => type === "LineComment" || type === "BlockComment")
      .map((token) => token.range);
  }

  /** The white space the line begins with that this place is in. */
  indentAt(offset: number): string {
    const start = this.text.lastIndexOf("\n", offset - 1) + 1;
    return /^[ \t]*/.exec(this.text.slice(start, offset))?.[0] ?? "";
  }

  /** True when a new line begins between two places. */
  breaksIn([start, end]: TextRange): boolean {
    return /[\n\r]/.test(this.text.slice(start, end));
  }

  /** The text with another value in the place of this one. */
  replaceNode(node: ValueNode, value: unknown): string {
    const range = this.rangeOf(node);
    return this.splice([{ range, text: renderValue(value, this.style, { indent: this.indentAt(range[0]) }) }]);
  }

  /** The text with these pieces replaced; they do not overlap. */
  splice(splices: readonly Splice[]): string {
    return splices
      .toSorted((one, other) => other.range[0] - one.range[0])
      .reduce((text, { range, text: put }) => text.slice(0, range[0]) + put + text.slice(range[1]), this.text);
  }

  #tokensIn([start, end]: TextRange): { type: string; range: TextRange }[] {
    return this.#tokens
      .map((token) => ({ type: token.type, range: this.rangeOf(token) }))
      .filter(({ range }) => range[0] >= start && range[1] <= end);
  }

  #readStyle(): WritingStyle {
    const strings = this.#tokens.filter(({ type }) => type === "String");
    const single = strings.filter((token) => this.text[this.rangeOf(token)[0]] === "'").length;
    const indent = /\n([ \t]+)\S/.exec(this.text)?.[1] ?? "  ";
    return {
      bareKeys: this.#tokens.some(({ type }) => type === "Identifier"),
      quote: single > strings.length / 2 ? "'" : '"',
      unit: indent.startsWith("\t") ? "\t" : indent,
      lineBreak: this.text.includes("\r\n") ? "\r\n" : "\n",
    };
  }
}
