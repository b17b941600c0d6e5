/** Starts, kills and restarts real gateway processes in a state directory of their own. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Token of every gateway a test starts. */
export const testToken = "oc_tok_test-test-test-test-test-test-test-test";

/** Where the `openclaw` executable keeps compiled modules, too: a process starts in less than half the time. */
const compileCache = join(tmpdir(), "node-compile-cache");

/** What a gateway process is started with. */
export interface GatewayProcessOptions {
  /** A directory with state of an earlier process; a new one when absent. */
  readonly home?: string;
  /** openclaw.json, beside port 0 and the token. */
  readonly config?: Record<string, unknown>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A gateway that runs in a process of its own. */
export interface GatewayProcess {
  readonly url: string;
  readonly urls: readonly string[];
  readonly token: string;
  readonly home: string;
  readonly pid: number;
  /** SHA-256 of its certificate, with TLS. */
  readonly fingerprint: string | undefined;
  /** What it wrote to standard error so far. */
  readonly log: () => string;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<number | string>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>;
}

/** Starts a gateway and resolves when it is ready; rejects with what it wrote when it ends before. */
export async function startGatewayProcess(options: GatewayProcessOptions = {}): Promise<GatewayProcess> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), "openclaw-test-")));
  const { gateway = {}, ...rest } = (options.config ?? {}) as { gateway?: Record<string, unknown> };
  const config = { gateway: { port: 0, auth: { token: testToken }, ...gateway }, ...rest };
  await writeFile(join(home, "openclaw.json"), JSON.stringify(config), { mode: 0o600 });
  const child = spawn(process.execPath, [join(import.meta.dirname, "gateway-program.ts")], {
    env: {
      PATH: process.env.PATH,
      HOME: home,
      NODE_COMPILE_CACHE: compileCache,
      OPENCLAW_STATE_DIR: join(home, "state"),
      OPENCLAW_CONFIG_PATH: join(home, "openclaw.json"),
      ...options.environment,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-1_000_000);
  });
  const exited = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string);
  const first = await Promise.race([once(createInterface(child.stdout), "line"), exited]);
  if (!Array.isArray(first)) {
    if (options.home === undefined) await removeHome(home);
    throw new Error(`the gateway ended with ${first} before it was ready:\n${log}`);
  }
  const { urls, fingerprint } = JSON.parse(first[0] as string) as { urls: string[]; fingerprint?: string };
  return {
    url: urls[0] as string,
    urls,
    token: testToken,
    home,
    pid: child.pid as number,
    fingerprint,
    log: () => log,
    exited,
    kill: () => end(child, "SIGKILL", exited),
    stop: () => end(child, "SIGTERM", exited),
  };
}

/** Removes a home directory when its last process is gone. */
export async function removeHome(home: string): Promise<void> {
  await rm(home, { recursive: true, force: true, maxRetries: 3 });
}

/** Reads a file of a gateway's state directory. */
export function readState(home: string, name: string): Promise<string> {
  return readFile(join(home, "state", name), "utf8");
}

async function end(child: ChildProcess, signal: NodeJS.Signals, exited: Promise<unknown>): Promise<void> {
  child.kill(signal);
  await exited;
}
