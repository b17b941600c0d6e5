/** Rows in aligned columns. */

import type { Terminal } from "./terminal.ts";
import { fitText, textWidth } from "./text-width.ts";

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** The cell, plain text on one line. */
  readonly cell: (row: Row) => string;
  /** Numbers stand to the right. */
  readonly right?: boolean;
  /** Gives way when the terminal is too narrow. */
  readonly shrinks?: boolean;
  /** Colours the padded cell. */
  readonly paint?: (cell: string, row: Row) => string;
}

const gap = 2;
const smallest = 8;

/** Writes the table. Columns without a single cell are left out; in a terminal, lines are cut to its width. */
export function writeTable<Row>(terminal: Terminal, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map((column, index) => {
    const widest = Math.max(0, ...cells.map((line) => textWidth(line[index] ?? "")));
    return widest === 0 ? 0 : Math.max(widest, textWidth(column.title));
  });
  if (terminal.columns !== undefined) shrink(widths, columns, terminal.columns);
  const shown = columns
    .map((column, index) => ({ column, index, width: widths[index] ?? 0 }))
    .filter((s) => s.width > 0);
  const align = (text: string, { column, width }: (typeof shown)[number]): string => {
    const fitting = fitText(text, width);
    const padding = " ".repeat(width - textWidth(fitting));
    return column.right ? padding + fitting : fitting + padding;
  };
  const join = (parts: readonly string[]): string => parts.join(" ".repeat(gap)).trimEnd();
  terminal.line(terminal.colors.dim(join(shown.map((one) => align(one.column.title.toUpperCase(), one)))));
  rows.forEach((row, number) => {
    const parts = shown.map((one) => {
      const text = align(cells[number]?.[one.index] ?? "", one);
      return one.column.paint?.(text, row) ?? text;
    });
    terminal.line(join(parts));
  });
}

/** Writes "name: value" lines with the values aligned; pairs without a value are left out. */
export function writePairs(
  terminal: Terminal,
  pairs: readonly (readonly [name: string, value: string | undefined])[],
): void {
  const shown = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined && pair[1] !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  for (const [name, value] of shown) terminal.line(`${terminal.colors.dim(name.padEnd(width))}  ${value}`);
}

/** Takes columns from the widest shrinking ones until the line fits, or nothing can be taken any more. */
function shrink<Row>(widths: number[], columns: readonly Column<Row>[], available: number): void {
  const used = widths.filter((width) => width > 0);
  let excess = used.reduce((sum, width) => sum + width + gap, -gap) - available;
  while (excess > 0) {
    let widest = -1;
    widths.forEach((width, index) => {
      if (columns[index]?.shrinks && width > smallest && width > (widths[widest] ?? 0)) widest = index;
    });
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
}
