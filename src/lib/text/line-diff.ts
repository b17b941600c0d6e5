/** The difference of two texts, line by line, as `diff -u` writes it. */

const contextLines = 3;
/** Beyond this many cells of the table, the changed middle is shown as a whole. */
const maxCells = 4_000_000;

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** Headers and hunks, each line ended; empty when the texts have the same lines. `names` are written into the headers. */
export function unifiedDiff(before: string, after: string, names: readonly [string, string]): string {
  const lines = compareLines(linesOf(before), linesOf(after));
  if (lines.every(({ sign }) => sign === " ")) return "";
  return [`--- ${names[0]}`, `+++ ${names[1]}`, ...hunks(lines)].map((line) => `${line}\n`).join("");
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function compareLines(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const room = Math.min(before.length, after.length) - start;
  while (end < room && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const same = (texts: readonly string[]): Line[] => texts.map((text) => ({ sign: " ", text }));
  return [
    ...same(before.slice(0, start)),
    ...compareMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

/** By the longest common subsequence. */
function compareMiddle(before: readonly string[], after: readonly string[]): Line[] {
  const lines: Line[] = [];
  if (before.length * after.length > maxCells) {
    for (const text of before) lines.push({ sign: "-", text });
    for (const text of after) lines.push({ sign: "+", text });
    return lines;
  }
  const common = commonLengths(before, after);
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old = "", fresh = ""] = [before[i], after[j]];
    if (i < before.length && j < after.length && old === fresh) {
      lines.push({ sign: " ", text: old });
      i += 1;
      j += 1;
    } else if (i < before.length && (j === after.length || (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      lines.push({ sign: "-", text: old });
      i += 1;
    } else {
      lines.push({ sign: "+", text: fresh });
      j += 1;
    }
  }
  return lines;
}

/** Length of the longest common subsequence of what follows each pair of places. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array[] {
  const table = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const [row, below] = [table[i], table[i + 1]] as [Uint32Array, Uint32Array];
    for (let j = after.length - 1; j >= 0; j -= 1) {
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

function hunks(lines: readonly Line[]): string[] {
  const written: string[] = [];
  let [oldLine, newLine, index] = [1, 1, 0];
  while (index < lines.length) {
    const next = lines.findIndex(({ sign }, at) => at >= index && sign !== " ");
    if (next === -1) break;
    const from = Math.max(index, next - contextLines);
    const to = endOfHunk(lines, next);
    oldLine += from - index;
    newLine += from - index;
    const hunk = lines.slice(from, to);
    const [oldCount, newCount] = [countWithout(hunk, "+"), countWithout(hunk, "-")];
    written.push(`@@ -${place(oldLine, oldCount)} +${place(newLine, newCount)} @@`);
    written.push(...hunk.map(({ sign, text }) => sign + text));
    oldLine += oldCount;
    newLine += newCount;
    index = to;
  }
  return written;
}

/** Changes whose contexts would touch are one hunk. */
function endOfHunk(lines: readonly Line[], first: number): number {
  let last = first;
  for (let at = first; at < lines.length && at <= last + 2 * contextLines; at += 1) {
    if (lines[at]?.sign !== " ") last = at;
  }
  return Math.min(lines.length, last + contextLines + 1);
}

function countWithout(lines: readonly Line[], sign: "+" | "-"): number {
  return lines.filter((line) => line.sign !== sign).length;
}

function place(line: number, count: number): string {
  return count === 0 ? `${line - 1},0` : `${line},${count}`;
}
