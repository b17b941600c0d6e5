/** Without a service manager: the gateway as a process in the background, with a log file. Nobody starts it again. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunCommand } from "../../lib/host/run-command.ts";
import { findOwner, type GatewayOwner, signalOwner } from "../gateway-owner.ts";
import { ServiceError } from "../service-error.ts";
import {
  type Installation,
  type InstalledDefinition,
  logPath,
  type Service,
  type ServiceLimits,
  type ServiceState,
  type StopServiceOptions,
  type Supervisor,
} from "../supervisor.ts";
import { unitText } from "../systemd/unit.ts";

/** Longest time from the start to ready, from SIGTERM to the end, and between two looks, in ms. */
const times = { startMs: 60_000, stopMs: 30_000, lookMs: 30 };

/** Where this command is part of a systemd service itself, what it starts must not speak for that one. */
const othersLine = { NOTIFY_SOCKET: undefined, WATCHDOG_USEC: undefined, WATCHDOG_PID: undefined };

/** The largest part of the log that is shown when a start failed, in bytes. */
const tailBytes = 2_000;

/** A background process. Which one it is, its state directory's lock says. */
export class DetachedSupervisor implements Supervisor {
  readonly manager = "none";
  readonly #service: Service;
  readonly #run: RunCommand;
  readonly #environment: Readonly<Record<string, string | undefined>>;

  /** The process gets the whole `environment`: it is started by a person, not written to a file. */
  constructor(service: Service, run: RunCommand, environment: Readonly<Record<string, string | undefined>>) {
    this.#service = service;
    this.#run = run;
    this.#environment = { ...environment, ...othersLine };
  }

  /** For another host, or for one that is not running yet: an image that is being built. */
  definition(limits: ServiceLimits): string {
    if (process.platform !== "linux") throw noManager();
    return unitText(this.#service, limits);
  }

  installed(): InstalledDefinition | undefined {
    return undefined;
  }

  install(): Promise<Installation> {
    return Promise.reject(noManager());
  }

  async uninstall(): Promise<boolean> {
    return false;
  }

  async start(): Promise<void> {
    if ((await this.#owner()) !== undefined) return;
    const log = logPath(this.#service.stateDir);
    mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
    const output = openSync(log, "a", 0o600);
    const from = fstatSync(output).size;
    const [program = "", ...args] = [...this.#service.command, "--log-file", log];
    const child = spawn(program, args, {
      detached: true,
      stdio: ["ignore", output, output],
      cwd: this.#service.home,
      env: this.#environment,
    });
    closeSync(output);
    try {
      await this.#waitUntilReady(child, { log, from });
    } finally {
      child.unref();
    }
  }

  async stop({ wait }: StopServiceOptions): Promise<void> {
    const owner = await this.#owner();
    if (owner === undefined) return;
    signalOwner(owner, "SIGTERM");
    const endMs = performance.now() + times.stopMs;
    while (wait && (await this.#owner())?.pid === owner.pid) {
      if (performance.now() > endMs) {
        throw new ServiceError(
          `process ${owner.pid} was told to stop, and still runs`,
          "end it with: openclaw gateway stop --force",
        );
      }
      await sleep(times.lookMs);
    }
  }

  async restart(): Promise<void> {
    await this.stop({ disable: false, wait: true });
    await this.start();
  }

  async status(): Promise<ServiceState> {
    const owner = await this.#owner();
    return {
      manager: this.manager,
      name: "",
      installed: false,
      enabled: false,
      state: owner === undefined ? "stopped" : owner.url === undefined ? "starting" : "running",
      pid: owner?.pid,
      detail: undefined,
      logs: logPath(this.#service.stateDir),
    };
  }

  #owner(): Promise<GatewayOwner | undefined> {
    return findOwner(this.#service.stateDir, this.#run);
  }

  /** Two starts at once are one: the second process gives way, and both wait for the same gateway. */
  async #waitUntilReady(child: ChildProcess, written: LogPart): Promise<void> {
    let ended: string | undefined;
    child.once("error", (error) => {
      ended = error.message;
    });
    child.once("exit", (code, signal) => {
      ended = code === null ? `signal ${signal}` : `exit code ${code}`;
    });
    const endMs = performance.now() + times.startMs;
    while (performance.now() < endMs) {
      const owner = await this.#owner();
      if (owner?.url !== undefined) return owner.pid === child.pid ? undefined : giveWay(child);
      if (ended !== undefined && owner === undefined) {
        throw new ServiceError(`the gateway ended with ${ended}:\n${readLog(written)}`, `see: ${written.log}`);
      }
      await sleep(times.lookMs);
    }
    throw new ServiceError(
      `the gateway was started and is not ready after ${times.startMs / 1_000} s; it goes on starting`,
      `see: ${written.log}`,
    );
  }
}

/** A part of a log: what was written after `from` bytes. */
interface LogPart {
  readonly log: string;
  readonly from: number;
}

/** A process that came second must not wake up when the first one is stopped. It has nothing yet that could be lost. */
async function giveWay(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

function noManager(): ServiceError {
  return new ServiceError(
    "there is no service manager for this gateway to be installed with",
    "run it in the background with: openclaw gateway start",
  );
}

/** The end of that part. */
function readLog({ log, from }: LogPart): string {
  if (!existsSync(log)) return "";
  const { size } = statSync(log);
  const start = Math.max(size < from ? 0 : from, size - tailBytes);
  const file = openSync(log, "r");
  try {
    const bytes = Buffer.alloc(size - start);
    readSync(file, bytes, 0, bytes.length, start);
    return bytes.toString().trim();
  } finally {
    closeSync(file);
  }
}
