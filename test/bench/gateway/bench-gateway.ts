/** Gateways for benchmarks: the built program in a process and a home of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../support/free-port.ts";
import { mainPath } from "./built-program.ts";

const token = "oc_tok_bench-bench-bench-bench-bench-bench-bench";
const startLimitMs = 20_000;
const lookMs = 2;

/** What a gateway is started with. */
export interface BenchGatewayOptions {
  /** Home of an earlier gateway; a new one when absent. */
  readonly home?: string;
  /** Sections of the configuration beside `gateway`. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A gateway that is ready. */
export interface BenchGateway {
  readonly url: string;
  readonly token: string;
  readonly home: string;
  readonly pid: number;
  /** From the start of the process until /readyz said 200, in ms. */
  readonly readyMs: number;
  /** What a process needs to call it as a command would. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** SIGKILL; resolves when it is gone. The home stays. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it is gone and its home removed. */
  end(): Promise<void>;
}

/** Starts one. Fails with its log when it ends, or is not ready within 20 s. */
export async function startBenchGateway(options: BenchGatewayOptions = {}): Promise<BenchGateway> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), "openclaw-bench-")));
  const port = await freePort();
  const config = { gateway: { port, auth: { token } }, ...options.config };
  await writeFile(join(home, "openclaw.json"), JSON.stringify(config), { mode: 0o600 });
  const environment = {
    PATH: process.env.PATH,
    HOME: home,
    OPENCLAW_STATE_DIR: join(home, "state"),
    OPENCLAW_CONFIG_PATH: join(home, "openclaw.json"),
  };
  const log = openSync(join(home, "log"), "a");
  const startedMs = performance.now();
  const child = spawn(process.execPath, [mainPath, "gateway", "run"], {
    env: environment,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const exited = once(child, "exit");
  await untilReady({ child, port, home, startedMs });
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    home,
    pid: child.pid as number,
    readyMs: performance.now() - startedMs,
    environment,
    kill: () => end(child, "SIGKILL", exited),
    end: async () => {
      await end(child, "SIGTERM", exited);
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Runs `work` with a gateway that is gone afterwards. */
export async function withGateway<T>(
  options: BenchGatewayOptions,
  work: (gateway: BenchGateway) => Promise<T>,
): Promise<T> {
  const gateway = await startBenchGateway(options);
  try {
    return await work(gateway);
  } finally {
    await gateway.end();
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals, exited: Promise<unknown>): Promise<void> {
  child.kill(signal);
  await exited;
}

interface Starting {
  readonly child: ChildProcess;
  readonly port: number;
  readonly home: string;
  readonly startedMs: number;
}

async function untilReady({ child, port, home, startedMs }: Starting): Promise<void> {
  while (!(await isReady(port))) {
    if (child.exitCode === null && child.signalCode === null && performance.now() - startedMs < startLimitMs) {
      await pause(lookMs);
      continue;
    }
    child.kill("SIGKILL");
    throw new Error(`the gateway did not become ready:\n${await readFile(join(home, "log"), "utf8")}`);
  }
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ host: "127.0.0.1", port, path: "/readyz", agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on("error", () => resolve(false));
  });
}
