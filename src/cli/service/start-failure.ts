/** Why a gateway could not start, as an operator can put it right: who is in the way, and what to type. */

import { createServer } from "node:net";
import { sep } from "node:path";
import { ConfigError, configError } from "../../config/config-error.ts";
import { displayPath } from "../../config/environment.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import { type FileTrouble, fileTroubleOf } from "../../lib/host/file-trouble.ts";
import { findPortHolder } from "../../lib/host/port-holder.ts";
import { commandRunner } from "../../lib/host/run-command.ts";
import { CommandFailure } from "../failure-view.ts";
import { findProfileGateways, type HostGateway, holderText, isGateway } from "./host-gateways.ts";

/** Ports of gateways on one host lie this far apart. */
const portStep = 20;
const commandMs = 5_000;

/**
 * The failure to tell; anything an operator cannot put right is passed on as the bug it is. `supervised` is true when a
 * service manager started this process and would start it again.
 */
export async function explainStartFailure(error: unknown, loaded: LoadedConfig, supervised: boolean): Promise<unknown> {
  if (!(error instanceof Error)) return error;
  if (error.name === "StateLockedError") return stateTaken(error, loaded, supervised);
  if (error.name === "StoreUnusableError") return storeUnusable(error);
  if (error.name === "Failure") return settingUnusable(error);
  const trouble = fileTroubleOf(error);
  if (trouble !== undefined && isWithin(trouble.path, loaded.stateDir)) return stateUnusable(trouble);
  if (error.name !== "ListenError") return error;
  const { code, port } = (error.cause ?? {}) as { code?: string; port?: number };
  if (code === "EADDRINUSE" && port !== undefined) return portTaken(error, { port, loaded, supervised });
  return new CommandFailure(error.message, "choose one with --port or gateway.port");
}

/** A service that starts again and again beside a healthy gateway helps nobody: exit code 78 tells its manager so. */
async function stateTaken(error: Error, { stateDir }: LoadedConfig, supervised: boolean): Promise<Error> {
  const { owner } = error as Error & { readonly owner?: { readonly url?: string } };
  const healthy = owner?.url !== undefined && (await isGateway(owner.url));
  if (healthy && supervised) return configError(stateDir, error.message);
  return new CommandFailure(error.message, "see: openclaw gateway status");
}

/** Nothing but an operator puts it right: too new, damaged, on the wrong disk, another program's. Unless it is want of space. */
function storeUnusable(error: Error & { readonly path?: string; readonly passing?: boolean }): Error {
  const { path = "", passing } = error;
  if (passing) return new CommandFailure(error.message);
  return configError(path, error.message.slice(path.length).trim());
}

/** Full is full until something is deleted; whatever else is wrong stays wrong until an operator puts it right. */
function stateUnusable({ path, why, passing }: FileTrouble): Error {
  const next = "the gateway keeps what it knows there; OPENCLAW_STATE_DIR chooses another folder";
  return passing ? new CommandFailure(`${path} ${why}`, "free some space") : configError(path, why, next);
}

/** A setting that looked right and is not, like the files of a certificate. */
function settingUnusable(error: Error & { readonly violations?: readonly FieldViolation[] }): Error {
  const problems = (error.violations ?? []).map(({ field, description }) => ({ subject: field, text: description }));
  return problems.length > 0 ? new ConfigError(problems) : error;
}

interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

interface TakenPort {
  readonly port: number;
  readonly loaded: LoadedConfig;
  readonly supervised: boolean;
}

async function portTaken(error: Error, { port, loaded, supervised }: TakenPort): Promise<Error> {
  const [holder, gateways, healthy] = await Promise.all([
    findPortHolder(port, commandRunner(loaded.environment, commandMs)),
    findProfileGateways(loaded),
    isGateway(`http://127.0.0.1:${port}`),
  ]);
  const gateway = gateways.find(({ pid, url }) => pid === holder?.pid || url?.endsWith(`:${port}`));
  const where = error.message.split(":", 1)[0];
  const { who, stop: stopHolder } = holderText(port, holder);
  const what = gateway ? `, the gateway of ${short(gateway, loaded)}` : healthy ? ", an OpenClaw gateway" : "";
  const message = `${where}: ${who} has it${what}`;
  if (healthy && supervised) return configError(`port ${port}`, message);
  const stop = gateway ? `stop that one with: openclaw --profile ${gateway.profile} gateway stop` : stopHolder;
  return new CommandFailure(message, `${stop}, or choose one with --port ${await freePort(port)} or gateway.port`);
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`) || folder.startsWith(`${path}${sep}`);
}

function short({ stateDir = "" }: HostGateway, { home }: LoadedConfig): string {
  return displayPath(stateDir, home);
}

/** The next port nobody listens on at loopback. */
async function freePort(taken: number): Promise<number> {
  for (let port = taken + portStep; port <= 65_535; port += portStep) if (await isFree(port)) return port;
  return 0;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
