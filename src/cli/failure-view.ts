/** What a user is told when a command fails: what happened, what to do next, and the exit code. */

import { ConfigError, configExitCode } from "../config/config-error.ts";
import { tokenPath } from "../config/gateway/gateway-token.ts";
import { ServiceError } from "../supervisor/service-error.ts";
import { UsageError } from "./command/usage-error.ts";
import type { GatewayAddress } from "./link/gateway-link.ts";
import { GatewayUnreachable } from "./link/gateway-unreachable.ts";
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
  if (thrown instanceof UsageError) return { message: thrown.message, next: thrown.next, exitCode: 2 };
  if (thrown instanceof ConfigError) {
    return { message: thrown.message, exitCode: configExitCode, facts: { problems: thrown.problems } };
  }
  if (thrown instanceof CommandFailure) {
    return { message: thrown.message, next: thrown.next, exitCode: 1, facts: thrown.facts };
  }
  if (thrown instanceof ServiceError) return { message: thrown.message, next: thrown.next, exitCode: 1 };
  if (thrown instanceof GatewayUnreachable) return viewUnreachable(thrown, address);
  if (thrown instanceof Error && (thrown.name === "GatewayError" || thrown.name === "ConnectError")) {
    return viewRefusal(thrown, address);
  }
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

function viewUnreachable(error: GatewayUnreachable, address: GatewayAddress | undefined): FailureView {
  return {
    message: `${error.message}${error.detail ? ` (${error.detail})` : ""}`,
    next: unreachableStep(error, address),
    exitCode: 1,
    facts: { code: "unavailable", reason: "", url: error.url },
  };
}

function unreachableStep({ kind }: GatewayUnreachable, address: GatewayAddress | undefined): string {
  const foreign = address === undefined || ["--url", "OPENCLAW_GATEWAY_URL"].includes(address.urlSource);
  if (kind === "untrusted") {
    if (!foreign) return "another program may have its port, or its certificate changed: restart the gateway";
    return "an authority this machine trusts must have signed it; NODE_EXTRA_CA_CERTS names more of them";
  }
  if (kind === "silent") return "give it more time with --timeout, and look at its log";
  return foreign ? `check the address in ${address?.urlSource ?? "--url"}` : "start it with: openclaw gateway run";
}

/** Loaded late: only commands that failed pay for it. */
async function viewRefusal(thrown: Error, address: GatewayAddress | undefined): Promise<FailureView> {
  const { Code, gatewayErrorFrom } = await import("../client/gateway-client.ts");
  const error = gatewayErrorFrom(thrown);
  if (error.reason === "" && address) {
    const unreachable = new GatewayUnreachable(address.url, error);
    if (error.code === Code.Unavailable || unreachable.kind !== "other") return viewUnreachable(unreachable, address);
  }
  const code = Code[error.code]?.replace(/[A-Z]/g, (letter, at) => `${at ? "_" : ""}${letter.toLowerCase()}`);
  const { reason, metadata, violations, retryAfterMs } = error;
  return {
    message: error.message,
    next: nextStep(reason, metadata, address),
    exitCode: 1,
    facts: { code, reason, metadata, violations, retryAfterMs },
  };
}

/** Messages of the gateway mostly say what to do; a command line knows a little more. */
function nextStep(
  reason: string,
  metadata: Readonly<Record<string, string>>,
  address?: GatewayAddress,
): string | undefined {
  switch (reason) {
    case "CREDENTIALS_MISSING":
    case "CREDENTIALS_INVALID":
    case "CREDENTIALS_REVOKED":
      return credentialStep(address);
    case "SESSION_BUSY":
      return metadata.run ? `wait, or stop it with: openclaw runs cancel ${metadata.run}` : undefined;
    case "NOT_FOUND":
      return metadata.name?.includes("/runs/") ? "see: openclaw runs list" : "see: openclaw sessions list";
    case "STARTING":
      return "try again in a moment";
    case "MODEL_UNUSABLE":
      return "see: openclaw models list";
    default:
      return undefined;
  }
}

function credentialStep(address: GatewayAddress | undefined): string | undefined {
  if (!address) return undefined;
  const { credential, loaded, urlSource } = address;
  const foreign = urlSource === "--url" || urlSource === "OPENCLAW_GATEWAY_URL";
  if (foreign) return `the credential came from ${credential?.source ?? "nowhere"}; give the one of that gateway`;
  const place = `the gateway's own token is in ${tokenPath(loaded.stateDir)}`;
  return credential ? `the credential came from ${credential.source}; ${place}` : `${place}, or give one with --token`;
}
