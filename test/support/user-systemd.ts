/**
 * A real systemd user manager for tests, on machines that do not run systemd: in namespaces of its own, with a home of its
 * own. Needs root, and Debian's package systemd.
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { programPath } from "./program.ts";
import type { CliResult } from "./run-cli.ts";

const startMs = 10_000;

/** A user manager, and command lines run where it is. */
export class UserSystemd {
  readonly home: string;
  readonly #cgroup: string;
  readonly #child: ChildProcess;

  private constructor(home: string, cgroup: string, child: ChildProcess) {
    this.home = home;
    this.#cgroup = cgroup;
    this.#child = child;
  }

  /** Starts one; undefined, with the reason on standard error, where that cannot be done. */
  static async start(home: string): Promise<UserSystemd | undefined> {
    const hierarchy = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup"].find((folder) =>
      existsSync(join(folder, "cgroup.procs")),
    );
    if (process.getuid?.() !== 0 || hierarchy === undefined || existsSync("/run/systemd/system")) return undefined;
    if (spawnSync("systemd", ["--version"]).status !== 0 || spawnSync("nsenter", ["--version"]).status !== 0)
      return undefined;
    const cgroup = join(hierarchy, `openclaw-test-${process.pid}`);
    mkdirSync(cgroup, { recursive: true });
    mkdirSync(join(home, "runtime"), { mode: 0o700 });
    // systemd only runs as a user's manager where it believes that it runs the machine.
    const script = 'echo $$ >"$0/cgroup.procs" && exec unshare --mount --cgroup sh -c "$1"';
    const inside = "mount -t tmpfs none /run/systemd && mkdir /run/systemd/system && exec systemd --user";
    const child = spawn("sh", ["-c", script, cgroup, inside], { env: variables(home), stdio: "ignore" });
    const manager = new UserSystemd(home, cgroup, child);
    const endMs = performance.now() + startMs;
    while (child.exitCode === null && performance.now() < endMs) {
      if ((await manager.run("systemctl", "--user", "show", "--property=Version")).code === 0) return manager;
      await sleep(50);
    }
    await manager.stop();
    return undefined;
  }

  /** Runs a program beside the manager. */
  async run(...words: readonly string[]): Promise<CliResult> {
    const target = ["--target", String(this.#child.pid), "--mount", "--cgroup", "--"];
    const child = spawn("nsenter", [...target, ...words], {
      env: variables(this.home),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const [code, signal] = await once(child, "close");
    return { code: code ?? signal, stdout, stderr };
  }

  /** Runs an `openclaw` command line; `variables` beside PATH, HOME and XDG_RUNTIME_DIR. */
  cli(words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<CliResult> {
    const assignments = Object.entries(more).map((pair) => pair.join("="));
    return this.run("env", ...assignments, process.execPath, programPath(), ...words);
  }

  /** A property of a unit as `systemctl show` prints it. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.run("systemctl", "--user", "show", unit, `--property=${name}`, "--value")).stdout.trim();
  }

  /** Changes a unit the way an operator does, and restarts nothing. */
  async dropIn(unit: string, text: string): Promise<void> {
    const folder = join(this.home, ".config", "systemd", "user", `${unit}.d`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "test.conf"), text);
    await this.run("systemctl", "--user", "daemon-reload");
  }

  /** Ends it with all it started. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGTERM");
      await once(this.#child, "exit");
    }
    // systemd removes it as well, unless it did not get that far.
    if (existsSync(this.#cgroup)) removeCgroup(this.#cgroup);
  }
}

function variables(home: string): Record<string, string | undefined> {
  return { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: join(home, "runtime") };
}

function removeCgroup(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroup(join(path, entry.name));
  }
  rmdirSync(path);
}
