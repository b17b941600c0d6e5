/** What a user is told when a command fails: what happened, what to do next, and the exit code. */

import { ConfigError, configExitCode } from "../config/config-error.ts";
import type { GatewayAddress } from "../config/resolve-client.ts";
import { fileTroubleOf } from "../lib/host/file-trouble.ts";
import { ServiceError } from "../supervisor/service-error.ts";
import { UsageError } from "./command/usage-error.ts";
import { asTyped } from "./program-name.ts";
import { plainLine } from "./terminal/plain-text.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** A failure in words. */
export interface FailureView {
  /** One sentence, lower case. */
  readonly message: string;
  /** The next step; undefined when the message says it. */
  readonly next?: string | undefined;
  readonly exitCode: number;
  /** More for programs: code, reason, violations, retryAfterMs, metadata. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** For a bug only: where it happened. */
  readonly stack?: string | undefined;
}

/** A command that did what it could and failed: exit code 1, told in the same form. */
export class CommandFailure extends Error {
  readonly next: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(message: string, next?: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "CommandFailure";
    this.next = next;
    this.facts = facts;
  }
}

/** Reads anything thrown. `address` is where the command called, when it got that far. */
export async function viewFailure(thrown: unknown, address: GatewayAddress | undefined): Promise<FailureView> {
  const view = await readFailure(thrown, address);
  return { ...view, message: asTyped(view.message), next: view.next && asTyped(view.next) };
}

async function readFailure(thrown: unknown, address: GatewayAddress | undefined): Promise<FailureView> {
  if (thrown instanceof UsageError) return { message: thrown.message, next: thrown.next, exitCode: 2 };
  if (thrown instanceof ConfigError) {
    return { message: thrown.message, exitCode: configExitCode, facts: { problems: thrown.problems } };
  }
  if (thrown instanceof CommandFailure) {
    return { message: thrown.message, next: thrown.next, exitCode: 1, facts: thrown.facts };
  }
  if (thrown instanceof ServiceError) return { message: thrown.message, next: thrown.next, exitCode: 1 };
  if (thrown instanceof Error && (thrown.name === "GatewayError" || thrown.name === "ConnectError")) {
    const { viewCallFailure } = await import("./link/call-failure.ts");
    return viewCallFailure(thrown, address);
  }
  const trouble = fileTroubleOf(thrown);
  if (trouble !== undefined) return { message: `${trouble.path} ${trouble.why}`, exitCode: 1 };
  const bug = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { message: `this is a bug: ${bug.message}`, next: "please report it", exitCode: 1, stack: bug.stack };
}

/** Writes it to standard error: two lines for people, one JSON document with --json. */
export function writeFailure(terminal: Terminal, view: FailureView): void {
  const { message, next, facts, stack } = view;
  if (terminal.json) {
    terminal.note(JSON.stringify({ error: { message, next, ...facts } }));
    return;
  }
  const { red, dim } = terminal.errorColors;
  const [first = "", ...more] = message.split("\n");
  terminal.note(`${red("error:")} ${plainLine(first)}`, ...more.map((line) => `       ${plainLine(line)}`));
  if (next) terminal.note(dim(`  next: ${plainLine(next)}`));
  if (stack) terminal.note(dim(stack));
}
