/** The table, for people and for programs. */

import type { Bound, Measured, Row } from "../part.ts";
import type { Machine } from "./machine.ts";

const columns = ["part", "what", "measured", "promised", "", "compared with", "ratio", "how"];

/** One line a row, aligned; below the machine. */
export function formatTable(machine: Machine, rows: readonly Measured[]): string {
  const cells = [columns, ...rows.map(cellsOf)];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        isNumeric(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const head = [
    `${machine.time}  ${machine.system}  ${machine.processor}  ${machine.memoryGb} GB  load before ${machine.load.toFixed(1)}`,
    versions.join("  "),
  ];
  return `${[...head, "", ...lines, "", verdict(rows)].join("\n")}\n`;
}

/** The same as one JSON document. */
export function formatJson(machine: Machine, rows: readonly Measured[]): string {
  const withRatio = rows.map((row) => ({ ...row, kept: isKept(row), ratio: ratioOf(row) }));
  return `${JSON.stringify({ machine, rows: withRatio }, null, 2)}\n`;
}

function cellsOf(row: Measured): string[] {
  const { part, what, unit, value, promise, against, how } = row;
  const kept = isKept(row);
  return [
    part,
    what,
    withUnit(value, unit),
    promise === undefined ? "" : boundText(promise, unit),
    kept === undefined ? "" : kept ? "ok" : "MISSED",
    against === undefined ? "" : `${against.name} ${withUnit(against.value, unit)}`,
    ratioText(row),
    how,
  ];
}

function isNumeric(column: number): boolean {
  return column === 2 || column === 3 || column === 6;
}

function boundText({ atMost, atLeast }: Bound, unit: Row["unit"]): string {
  return atMost === undefined ? `≥ ${withUnit(atLeast ?? 0, unit)}` : `≤ ${withUnit(atMost, unit)}`;
}

function isKept({ value, promise }: Row): boolean | undefined {
  if (promise === undefined) return undefined;
  const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = promise;
  return value <= atMost && value >= atLeast;
}

/** How many times as good as what it is compared with; undefined when that says nothing. */
function ratioOf({ unit, value, against }: Row): number | undefined {
  if (against === undefined || value <= 0 || against.value <= 0) return undefined;
  return unit === "/s" || unit === "%" ? value / against.value : against.value / value;
}

function ratioText(row: Row): string {
  const ratio = ratioOf(row);
  if (ratio === undefined) return "";
  return ratio < 10 ? `${ratio.toFixed(2)} ×` : `${Math.round(ratio)} ×`;
}

function withUnit(value: number, unit: Row["unit"]): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${unit === "" || unit === "/s" ? unit : ` ${unit}`}`;
}

function verdict(rows: readonly Measured[]): string {
  const promised = rows.filter((row) => isKept(row) !== undefined);
  const missed = promised.filter((row) => isKept(row) === false);
  if (missed.length === 0) return `all ${promised.length} promises measured here are kept`;
  return `${missed.length} of ${promised.length} promises measured here are missed: ${missed.map((row) => row.what).join("; ")}`;
}
