/** A real server in a process of its own, on a free port, with a folder for what it needs. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { freePort } from "./free-port.ts";

/** A program that is a server. */
export interface DaemonProgram {
  /** Absolute path of it. */
  readonly path: string;
  /** Puts what it needs into its empty folder, to listen on a port of 127.0.0.1; resolves with its arguments. */
  readonly prepare: (port: number, folder: string) => Promise<readonly string[]>;
}

/** True when the program is on this machine. */
export function isInstalled({ path }: DaemonProgram): boolean {
  return existsSync(path);
}

/** See the file's first line. */
export class Daemon {
  readonly port: number;
  readonly folder: string;
  readonly #child: ChildProcess;

  private constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port;
    this.folder = folder;
    this.#child = child;
  }

  /** Starts it, and resolves when it takes connections. */
  static async start({ path, prepare }: DaemonProgram): Promise<Daemon> {
    const folder = await mkdtemp(join(tmpdir(), `openclaw-${basename(path)}-`));
    const port = await freePort();
    const child = spawn(path, await prepare(port, folder), { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${path} ended:\n${said}`);
      if (await takesConnections(port)) return new Daemon(port, folder, child);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends it and removes its folder. */
  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill(signal);
      await once(this.#child, "exit");
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
