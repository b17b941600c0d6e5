/** Cuts long text into messages: where a reader would pause, never through a character, and with every code block whole. */

import { type CodeFence, findFences } from "./code-fences.ts";
import { fits, type TextLimits, TextMeter } from "./text-limits.ts";

/** Where text is cut: only when it is too long, or also at every blank line. */
export type ChunkMode = "length" | "newline";

/** One message of many. The sources of all pieces, joined, are the whole text. */
export interface TextPiece {
  readonly source: string;
  /** What is sent: the source without blank edges, and with code blocks closed and opened again where it cuts them. */
  readonly text: string;
}

/** At least this share of a message is filled before a better place to cut is worth it. */
const leastFilled = 1 / 3;

const sentenceEnd = /[.!?…。！？]["')\]”’]*[\s]+/g;

/** The pieces in order, each within the limits; none for blank text. */
export function chunkText(text: string, limits: TextLimits, mode: ChunkMode = "length"): TextPiece[] {
  const cutter = new TextCutter(text, limits);
  const pieces: TextPiece[] = [];
  let blank = "";
  for (let start = 0; start < text.length; ) {
    const end = cutter.cut(start, mode === "newline" ? cutter.paragraphEnd(start) : text.length);
    const source = blank + text.slice(start, end);
    const piece = { source, text: cutter.render(start, end) };
    blank = piece.text === "" ? source : "";
    if (blank === "") pieces.push(piece);
    start = end;
  }
  const last = pieces.pop();
  return last === undefined ? [] : [...pieces, { ...last, source: last.source + blank }];
}

/** Finds the places to cut one text. */
class TextCutter {
  readonly #text: string;
  readonly #limits: TextLimits;
  readonly #fences: readonly CodeFence[];

  constructor(text: string, limits: TextLimits) {
    this.#text = text;
    this.#limits = limits;
    const fences = findFences(text).filter((fence) => isBearable(fence, text, limits));
    // One that is never closed is still open at the end of the text.
    this.#fences = fences.map((fence) => (fence.closed ? fence : { ...fence, end: text.length + 1 }));
  }

  /** Where the first blank line after `start` ends that is in no code block. */
  paragraphEnd(start: number): number {
    const blankLines = /\n[ \t]*\n+/g;
    blankLines.lastIndex = start;
    for (let found = blankLines.exec(this.#text); found !== null; found = blankLines.exec(this.#text)) {
      const end = found.index + found[0].length;
      const before = this.#text.slice(start, found.index);
      if (this.#fenceAt(end) === undefined && before.trim() !== "") return end;
    }
    return this.#text.length;
  }

  /** Where the piece that begins at `start` ends, at most at `end`. */
  cut(start: number, end: number): number {
    if (fits(this.render(start, end), this.#limits)) return end;
    const hard = this.#hardEnd(start, end, "");
    const soft = this.#extend(hard, end);
    const least = start + Math.ceil((hard - start) * leastFilled);
    for (const places of [this.#paragraphs, this.#lines, this.#sentences, this.#words]) {
      const place = places.call(this, start, soft).findLast((at) => at > least && this.#isFree(at));
      if (place !== undefined) return place;
    }
    const fence = this.#fenceAt(hard);
    if (fence === undefined) return this.#wholeCharacter(start, hard);
    if (this.#text.slice(start, fence.start).trim() !== "") return fence.start;
    return this.#cutCode(start, end, fence);
  }

  /** The piece as it is sent. */
  render(start: number, end: number): string {
    const opened = this.#fenceAt(start);
    const left = this.#fenceAt(end);
    const body = this.#text
      .slice(start, end)
      .replace(opened === undefined ? /^\s*\n/ : /^\n+/, "")
      .trimEnd();
    if (body === "") return "";
    return `${opened === undefined ? "" : `${opened.opening}\n`}${body}${left === undefined ? "" : `\n${left.closing}`}`;
  }

  #cutCode(start: number, end: number, fence: CodeFence): number {
    const hard = Math.min(this.#hardEnd(start, end, `\n${closingOf(fence, this.#text)}`), fence.closeStart);
    // The closing line takes the room that was kept for closing.
    if (hard === fence.closeStart) return Math.min(end, fence.end);
    const from = Math.max(start, fence.codeStart);
    const line = this.#text.lastIndexOf("\n", hard - 1) + 1;
    return line > from ? line : this.#wholeCharacter(start, hard);
  }

  /** Where the limits end the piece, with this behind it. */
  #hardEnd(start: number, end: number, behind: string): number {
    const opened = this.#fenceAt(start);
    const meter = new TextMeter(this.#limits);
    meter.take(behind, 0);
    if (opened !== undefined) meter.take(`${opened.opening}\n`, 0);
    const first = this.#text.codePointAt(start) ?? 0;
    return Math.max(Math.min(end, meter.take(this.#text, start)), start + (first > 0xffff ? 2 : 1));
  }

  /** Blanks at the end of a piece are not sent, so they cost nothing. */
  #extend(hard: number, end: number): number {
    const blanks = /[ \t]*\n*/y;
    blanks.lastIndex = hard;
    return Math.min(end, hard + (blanks.exec(this.#text)?.[0].length ?? 0));
  }

  #paragraphs(start: number, end: number): number[] {
    return this.#places(/\n[ \t]*\n+/g, start, end);
  }

  #lines(start: number, end: number): number[] {
    return this.#places(/\n/g, start, end);
  }

  #sentences(start: number, end: number): number[] {
    return this.#places(sentenceEnd, start, end);
  }

  #words(start: number, end: number): number[] {
    return this.#places(/\s+/g, start, end);
  }

  #places(pattern: RegExp, start: number, end: number): number[] {
    return [...this.#text.slice(start, end).matchAll(pattern)].map((match) => start + match.index + match[0].length);
  }

  /** True when a piece may end there: in no code block, and not where the next one would seem to begin with one. */
  #isFree(at: number): boolean {
    return this.#fenceAt(at) === undefined && !this.#seemsFence(at);
  }

  /** True for backticks in the middle of a line: at the beginning of a message they would open a code block. */
  #seemsFence(at: number): boolean {
    return /^ {0,3}(```|~~~)/.test(this.#text.slice(at, at + 6)) && at > 0 && this.#text[at - 1] !== "\n";
  }

  /** The code block a cut there would go through. */
  #fenceAt(at: number): CodeFence | undefined {
    return this.#fences.find((fence) => fence.start < at && at < fence.end);
  }

  /** The last place up to `hard` that is between two characters as people see them. */
  #wholeCharacter(start: number, hard: number): number {
    const from = Math.max(start, hard - 64);
    const near = this.#text.slice(from, hard + 64).toWellFormed();
    const around = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(near).containing(hard - from);
    const whole = around === undefined ? hard : from + around.index;
    let place = whole > from ? whole : hard;
    while (place > start + 2 && this.#seemsFence(place))
      place -= (this.#text.codePointAt(place - 2) ?? 0) > 0xffff ? 2 : 1;
    return place;
  }
}

/** The longer of what closes it there and what closes it where it is cut. */
function closingOf(fence: CodeFence, text: string): string {
  const line = text.slice(fence.closeStart, fence.end).trimEnd();
  return line.length > fence.closing.length ? line : fence.closing;
}

/** Opening and closing it again leaves at least half a message for code. Others are cut like any text. */
function isBearable(fence: CodeFence, text: string, limits: TextLimits): boolean {
  const overhead = `${fence.opening}\n\n${closingOf(fence, text)}`;
  const characters = Math.floor(Math.min(limits.characters, limits.max || limits.characters) / 2);
  const half = { ...limits, characters, max: Math.floor(limits.max / 2), maxLines: 0 };
  return fits(overhead, half) && (limits.maxLines === 0 || limits.maxLines >= 4);
}
