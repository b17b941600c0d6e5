/** What every command that changes the configuration can be told, and how it tells what came of it. */

import type { OptionValues } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { asTyped } from "../program-name.ts";
import { parseDuration } from "../service/duration.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { writeTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { ChangedKey, ChangeReport, ChangeTerms, ConfigTarget } from "./config-target.ts";

/** Options of commands that change it. */
export const changeOptions = {
  "dry-run": { kind: "switch", help: "change nothing, only say what would be done" },
  note: { kind: "text", value: "text", help: "why, for the history" },
  "confirm-within": {
    kind: "text",
    value: "duration",
    help: "take the change back after this long unless it is confirmed: 30s, 5m",
  },
  etag: { kind: "text", value: "etag", help: "fail if the configuration changed since it had this etag" },
} as const;

/** Also what looks like an accident. */
export const forceOption = {
  force: { kind: "switch", help: "also drop gateway, or more than half of the text" },
} as const;

/** Throws a UsageError for a time that is none. */
export function termsOf(options: OptionValues<typeof changeOptions> & { readonly force?: boolean }): ChangeTerms {
  const { "dry-run": dryRun, "confirm-within": within, note = "", etag, force = false } = options;
  return { dryRun, force, note, etag, confirmWithinMs: within === undefined ? undefined : readTime(within) };
}

function readTime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1_000 && ms <= 3_600_000) return ms;
  throw new UsageError(`--confirm-within is "${text}"`, "give a length of time from 1s to 1h, for example 30s");
}

/** Tells what was done. `did` begins the first line: "set gateway.port". */
export function writeChange(
  terminal: Terminal,
  report: ChangeReport,
  told: { did: string; target: ConfigTarget; dryRun: boolean },
): void {
  const { did, target, dryRun } = told;
  const { revision, changes, warnings, confirmBy } = report;
  if (terminal.json) {
    terminal.document({ written: revision !== undefined, dryRun, by: target.kind, ...report });
    return;
  }
  const { bold, yellow, dim } = terminal.colors;
  if (revision !== undefined) terminal.line(`${did} ${dim(`(revision ${revision})`)}`);
  else terminal.line(dryRun ? `would have ${did}` : "nothing changed: that is what it is already");
  writeChanges(terminal, changes, dryRun ? { kind: "file" } : target);
  for (const warning of warnings) terminal.line(yellow(`warning: ${plainLine(warning)}`));
  if (revision !== undefined && target.kind === "file" && changes.length > 0) {
    const watched = "the gateway that runs takes it over by itself";
    terminal.line(dim(target.watched ? watched : "no gateway runs here: it counts from the next start on"));
  }
  if (confirmBy !== undefined && revision !== undefined) {
    terminal.tell(
      `${bold("confirm it")} with: openclaw config confirm ${dim(`(else it is taken back at ${confirmBy})`)}`,
    );
  }
}

/** A line for each key. */
export function writeChanges(
  terminal: Terminal,
  changes: readonly ChangedKey[],
  target: Pick<ConfigTarget, "kind">,
): void {
  if (changes.length === 0) return;
  writeTable<ChangedKey>(
    terminal,
    [
      { title: "key", cell: ({ key }) => plainLine(key), shrinks: true, paint: terminal.colors.cyan },
      { title: target.kind === "gateway" ? "what is done" : "what it takes", cell: changeText },
    ],
    changes,
  );
}

function changeText({ effect, part, outcome }: ChangedKey): string {
  switch (outcome) {
    case "applied":
      return part === undefined ? "applied" : `applied: ${part} changed`;
    case "restarting":
      return "the gateway restarts in its process";
    case "waiting":
      return asTyped("waits: openclaw gateway restart, or openclaw config reload");
    default:
      return {
        live: "nothing: it is read on use",
        part: `a change of ${part} alone`,
        gateway: "a restart of the gateway",
      }[effect];
  }
}
