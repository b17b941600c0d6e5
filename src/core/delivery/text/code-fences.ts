/** Code blocks in Markdown: where they are, so that nothing is cut or changed inside them. */

/** A fenced code block. Offsets are UTF-16 units. */
export interface CodeFence {
  /** Where its opening line begins. */
  readonly start: number;
  /** Where its code begins. */
  readonly codeStart: number;
  /** Where its closing line begins; the end of the text when there is none. */
  readonly closeStart: number;
  /** After its closing line, the line's end included. */
  readonly end: number;
  /** "```ts": what opens it again. */
  readonly opening: string;
  /** "```": what closes it. */
  readonly closing: string;
  readonly closed: boolean;
}

const fenceLine = /^ {0,3}(`{3,}|~{3,})([^\n]*)$/;

/** Every fenced block, in order. One that is never closed reaches to the end. */
export function findFences(text: string): CodeFence[] {
  const fences: CodeFence[] = [];
  let open: { start: number; codeStart: number; marker: string; opening: string } | undefined;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const lineEnd = newline === -1 ? text.length : newline;
    const end = Math.min(text.length, lineEnd + 1);
    const [, marker = "", info = ""] = fenceLine.exec(text.slice(start, lineEnd)) ?? [];
    if (open === undefined && marker !== "" && !(marker.startsWith("`") && info.includes("`"))) {
      open = { start, codeStart: end, marker, opening: marker + info.trimEnd() };
    } else if (open !== undefined && closes(marker, info, open.marker)) {
      fences.push({ ...open, closeStart: start, end, closing: open.marker, closed: true });
      open = undefined;
    }
    start = end;
  }
  if (open !== undefined) {
    fences.push({ ...open, closeStart: text.length, end: text.length, closing: open.marker, closed: false });
  }
  return fences;
}

function closes(marker: string, info: string, opened: string): boolean {
  return marker.length >= opened.length && marker.startsWith(opened) && info.trim() === "";
}

const code = /(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g;

/** The text with `change` made to everything that is neither a fenced block nor code between backticks. */
export function outsideCode(text: string, change: (prose: string) => string): string {
  let result = "";
  let from = 0;
  for (const fence of findFences(text)) {
    result += outsideSpans(text.slice(from, fence.start), change) + text.slice(fence.start, fence.end);
    from = fence.end;
  }
  return result + outsideSpans(text.slice(from), change);
}

function outsideSpans(text: string, change: (prose: string) => string): string {
  let result = "";
  let from = 0;
  for (const span of text.matchAll(code)) {
    result += change(text.slice(from, span.index)) + span[0];
    from = span.index + span[0].length;
  }
  return result + change(text.slice(from));
}
