/** Text on IRC: one line at a time, so many bytes each, with colours nobody asked for. */

/** Longest line of the protocol, its end included. */
const maxLineBytes = 512;

/** What the server puts before our text when it passes it on, beside our mask and the target. */
const frame = ": PRIVMSG  :\r\n".length;

/** Longest user@host a server may give us. */
const longestHost = 75;

/** Bytes of text that reach everybody in one line, from `nick` to `target`. */
export function textBudget(nick: string, target: string): number {
  return maxLineBytes - frame - Buffer.byteLength(`${nick}!`) - longestHost - Buffer.byteLength(target);
}

/**
 * The text as lines of at most `budget` bytes, cut between words where there are any and never inside a character. Empty lines
 * are left out: they cannot be sent.
 */
export function cutLines(text: string, budget: number): string[] {
  return text
    .split(/[\r\n\0]+/)
    .flatMap((line) => cutLine(line, budget))
    .filter((line) => line.trim() !== "");
}

/** Text without colours and styles. */
export function plainText(text: string): string {
  return text.replace(/\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6})?|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "");
}

function cutLine(line: string, budget: number): string[] {
  const pieces: string[] = [];
  let rest = line;
  while (Buffer.byteLength(rest) > budget) {
    const fitting = longestPrefix(rest, budget);
    const space = fitting.lastIndexOf(" ");
    const cut = space > fitting.length / 2 ? space : fitting.length;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut).trimStart();
  }
  return [...pieces, rest];
}

function longestPrefix(text: string, budget: number): string {
  let bytes = 0;
  let end = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > budget) break;
    end += segment.length;
  }
  // One character of many parts may be longer than a line: then its parts have to do.
  return end > 0 ? text.slice(0, end) : ([...text][0] ?? "");
}
