/** A home folder of its own for command lines that start gateways: they are ended and removed with it. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { commandRunner } from "../../src/lib/host/run-command.ts";
import { findOwner, type GatewayOwner } from "../../src/supervisor/gateway-owner.ts";
import { freePort } from "./free-port.ts";
import { type CliResult, CliRun } from "./run-cli.ts";

/** A temporary home. */
export class CliHome {
  readonly path = mkdtempSync(join(tmpdir(), "openclaw-home-"));
  /** Variables every command gets, beside PATH. */
  readonly environment: Record<string, string> = { HOME: this.path };
  readonly #runs: CliRun[] = [];
  readonly #endBackground = (): void => killBackground(this.path);

  constructor() {
    process.on("exit", this.#endBackground);
  }

  /** Writes openclaw.json of a profile, with a free port of its own when it names none. Returns the port. */
  async configure(profile?: string, config: object = {}): Promise<number> {
    const { gateway = {} } = config as { readonly gateway?: Record<string, unknown> };
    const port = Number(gateway.port ?? (await freePort()));
    const path = join(this.stateDir(profile), "openclaw.json");
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, JSON.stringify({ ...config, gateway: { ...gateway, port } }), { mode: 0o600 });
    return port;
  }

  stateDir(profile?: string): string {
    return join(this.path, profile === undefined ? ".openclaw" : `.openclaw-${profile}`);
  }

  /** Runs a command line to its end. */
  cli(...words: readonly string[]): Promise<CliResult> {
    return this.start(...words).result;
  }

  /** Runs a command line with --json that must succeed, and reads what it printed. */
  async read<T = Record<string, unknown>>(...words: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.cli(...words, "--json");
    if (code !== 0) throw new Error(`openclaw ${words.join(" ")} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** Starts a command line. */
  start(...words: readonly string[]): CliRun {
    const run = new CliRun(words, { environment: this.environment });
    this.#runs.push(run);
    return run;
  }

  /** The gateway that has a state folder. */
  owner(stateDir: string = this.stateDir()): Promise<GatewayOwner | undefined> {
    return findOwner(stateDir, commandRunner({ PATH: process.env.PATH }, 10_000));
  }

  /** Kills a gateway as a crash would, and waits until it is gone. */
  async kill(stateDir: string = this.stateDir()): Promise<void> {
    const owner = await this.owner(stateDir);
    if (owner === undefined) return;
    process.kill(owner.pid, "SIGKILL");
    while ((await this.owner(stateDir)) !== undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Ends everything that was started here, and removes the folder. */
  async remove(): Promise<void> {
    process.off("exit", this.#endBackground);
    for (const { child } of this.#runs) child.kill("SIGKILL");
    await Promise.all(this.#runs.map(({ result }) => result));
    for (const name of readdirSync(this.path)) await this.kill(join(this.path, name));
    this.#endBackground();
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Kills background gateways that are only starting, and belong to nobody yet: their log file is in the folder. */
function killBackground(home: string): void {
  if (!existsSync("/proc/self/cmdline")) return;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`\0${home}/`)) process.kill(Number(pid), "SIGKILL");
    } catch (error) {
      if (!["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
}
