/** Findings as people read them: the worst first. */

import { displayPath } from "../../config/environment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Severity } from "./check.ts";
import type { Finding } from "./findings.ts";

const order: readonly Severity[] = ["error", "warning", "info"];

/** What was looked at. */
export interface Look {
  readonly findings: readonly Finding[];
  /** The home folder, which is shown as "~". */
  readonly home: string;
}

/** Writes every finding, and how many there are. */
export function writeFindings(terminal: Terminal, { findings, home }: Look): void {
  const { red, yellow, green, dim, bold } = terminal.colors;
  const paint: Readonly<Record<Severity, (text: string) => string>> = { error: red, warning: yellow, info: dim };
  const sorted = order.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  const short = (text: string): string => plainLine(text.replaceAll(`${home}/`, "~/"));
  for (const { severity, check, subject, reason, fix, repaired, fixable } of sorted) {
    const label = paint[severity](severity.padEnd(7));
    terminal.line(`${label}  ${bold(plainLine(displayPath(subject, home)))}: ${short(reason)} ${dim(`[${check}]`)}`);
    if (repaired !== undefined) terminal.line(`         ${green(`repaired: ${short(repaired)}`)}`);
    else if (fix !== "") terminal.tell(`         fix: ${short(fix)}${fixable ? dim(" (--fix does it)") : ""}`);
  }
  terminal.line(summary(findings));
}

/** "2 errors, 1 warning", or that all is well. */
function summary(findings: readonly Finding[]): string {
  const counts = countFindings(findings);
  const told = (["error", "warning"] as const).filter((severity) => counts[severity] > 0);
  if (told.length === 0) return "all is well";
  return told.map((severity) => `${counts[severity]} ${severity}${counts[severity] === 1 ? "" : "s"}`).join(", ");
}

/** How many of each, for programs. */
export function countFindings(findings: readonly Finding[]): Readonly<Record<Severity | "repaired", number>> {
  const count = (test: (finding: Finding) => boolean): number => findings.filter(test).length;
  const open = (severity: Severity): number =>
    count((finding) => finding.severity === severity && finding.repaired === undefined);
  return {
    error: open("error"),
    warning: open("warning"),
    info: open("info"),
    repaired: count(({ repaired }) => repaired !== undefined),
  };
}
