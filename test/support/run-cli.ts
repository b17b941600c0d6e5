/** Runs the real `openclaw` executable in a process of its own. */

import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { GatewayProcess } from "./gateway-process.ts";
import { programPath } from "./program.ts";

let executable: string | undefined;

/** How a command line is run. */
export interface CliOptions {
  /** Variables beside PATH and HOME; HOME is an empty place unless given. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it reads from standard input, which then ends. */
  readonly input?: string;
  /** In a terminal of its own (80 columns): output and errors are one text then. */
  readonly terminal?: boolean;
  /** Path of the executable; `programPath` by the name "openclaw" unless given. */
  readonly program?: string;
}

/** How it ended. */
export interface CliResult {
  /** Exit code; the signal's name when one ended it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs. */
export class CliRun {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** How it ends. */
  readonly result: Promise<CliResult>;
  stdout = "";
  stderr = "";

  constructor(words: readonly string[], options: CliOptions = {}) {
    const { environment = {}, input, terminal = false } = options;
    const env = { PATH: process.env.PATH, HOME: join(tmpdir(), "openclaw-no-home"), ...environment };
    const command = [process.execPath, options.program ?? installed(), ...words];
    const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const [program = "", ...rest] = terminal
      ? ["script", "--quiet", "--return", "--flush", "--command", `stty cols 80; ${quoted}`, "/dev/null"]
      : command;
    this.child = spawn(program, rest, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.child.stdin.on("error", () => {});
    if (input !== undefined || !terminal) this.child.stdin.end(input);
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.result = once(this.child, "close").then(([code, signal]) => {
      return { code: code ?? signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** Resolves when it has written the text; rejects when it ends before. */
  async written(text: string, where: "stdout" | "stderr" = "stdout"): Promise<void> {
    const stream = this.child[where];
    const found = Promise.withResolvers<void>();
    const look = (): void => {
      if (this[where].includes(text)) found.resolve();
    };
    stream.on("data", look);
    look();
    const ended = this.result.then(({ code }) => {
      if (!this[where].includes(text)) throw new Error(`ended with ${code} before it wrote "${text}": ${this.stderr}`);
    });
    await Promise.race([found.promise, ended]).finally(() => stream.off("data", look));
  }
}

/** The program, by the name a package manager gives them; removed when this process ends. */
function installed(): string {
  if (executable) return executable;
  const folder = mkdtempSync(join(tmpdir(), "openclaw-bin-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  executable = join(folder, "openclaw");
  symlinkSync(programPath(), executable);
  return executable;
}

/** Runs a command line to its end. */
export function runCli(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new CliRun(words, options).result;
}

/** Runs a command line that calls the gateway. */
export function callCli(
  gateway: GatewayProcess,
  words: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  return runCli(words, { ...options, environment: { ...reach(gateway), ...options.environment } });
}

/** Runs a command line with --json that must succeed, and reads what it printed. */
export async function readCli<T = Record<string, unknown>>(gateway: GatewayProcess, ...words: string[]): Promise<T> {
  const { code, stdout, stderr } = await callCli(gateway, [...words, "--json"]);
  if (code !== 0) throw new Error(`openclaw ${words.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** The variables that lead a command line to the gateway. */
export function reach(gateway: Pick<GatewayProcess, "url" | "token">): Record<string, string> {
  return { OPENCLAW_GATEWAY_URL: gateway.url, OPENCLAW_GATEWAY_TOKEN: gateway.token };
}

/** True where command lines can be run in a terminal: util-linux's `script` is there. */
export function hasTerminal(): boolean {
  return spawnSync("script", ["--version"]).status === 0;
}
