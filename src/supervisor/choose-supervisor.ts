/** Which supervisor a gateway on this host has. */

import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { commandRunner, type RunCommand } from "../lib/host/run-command.ts";
import { DetachedSupervisor } from "./detached/detached-supervisor.ts";
import { LaunchdSupervisor } from "./launchd/launchd-supervisor.ts";
import type { Service, Supervisor } from "./supervisor.ts";
import { SystemdSupervisor } from "./systemd/systemd-supervisor.ts";

/** The host as a supervisor sees it. */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** Number of this user; undefined where users have none. */
  readonly userId: number | undefined;
  /** All of it: a background process gets it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Runs service managers' commands. */
  readonly run: RunCommand;
}

/** A service manager's command may wait for the gateway to drain (5 min at most), and for what it takes beyond, in ms. */
const commandMs = 400_000;

/** This host, for a process with this environment. */
export function thisHost(environment: Host["environment"]): Host {
  const userId = process.getuid?.();
  const completed = { ...runtimeFolder(userId), ...environment };
  return { platform: process.platform, userId, environment, run: commandRunner(completed, commandMs) };
}

/**
 * The host's service manager where this user has one and `managed` allows it, else background processes. Services are named
 * by profile and belong to the user whose home it is, so a gateway whose state or home is elsewhere must not be managed: its
 * commands would reach another gateway.
 */
export async function chooseSupervisor(service: Service, managed: boolean, host: Host): Promise<Supervisor> {
  const { platform, userId, environment, run } = host;
  if (managed && platform === "darwin" && userId !== undefined && service.home === userInfo().homedir) {
    return new LaunchdSupervisor(service, run, userId);
  }
  if (managed && platform === "linux" && (await hasUserManager(run, service.home))) {
    const configFolder = environment.XDG_CONFIG_HOME || join(service.home, ".config");
    return new SystemdSupervisor(service, run, configFolder);
  }
  return new DetachedSupervisor(service, run, environment);
}

/** After `su` or in a cron job the variable is missing, and the user's manager is there all the same. */
function runtimeFolder(userId: number | undefined): { XDG_RUNTIME_DIR?: string } {
  const folder = `/run/user/${userId}`;
  return existsSync(folder) ? { XDG_RUNTIME_DIR: folder } : {};
}

/** Asked for only where systemd is what the host was started with. */
async function hasUserManager(run: RunCommand, home: string): Promise<boolean> {
  if (!existsSync("/run/systemd/system")) return false;
  const { code, stdout } = await run("systemctl", ["--user", "show-environment", "--output=json"]);
  return code === 0 && managerHome(stdout) === home;
}

/** Before version 248, systemctl only knew lines of NAME=value. */
function managerHome(environment: string): unknown {
  if (environment.startsWith("{")) return (JSON.parse(environment) as { readonly HOME?: unknown }).HOME;
  return /^HOME=(.*)$/m.exec(environment)?.[1];
}
