/** What the configuration has to know about the machine it is resolved on. */

import { existsSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { type Environment, readVariable } from "../environment.ts";

/** The machine, or a test's idea of one. */
export interface Machine {
  /** Every address of every interface, without zones. */
  readonly addresses: readonly string[];
  /** The process runs in a container (Docker, Podman, Kubernetes, LXC). */
  readonly container: boolean;
}

/** This machine, now. */
export function readMachine(environment: Environment): Machine {
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return { addresses: interfaces.map(({ address }) => address), container: isContainer(environment) };
}

function isContainer(environment: Environment): boolean {
  if (existsSync("/.dockerenv") || existsSync("/run/.containerenv")) return true;
  if (readVariable(environment, "KUBERNETES_SERVICE_HOST") ?? readVariable(environment, "container")) return true;
  try {
    return /docker|kubepods|containerd|lxc/.test(readFileSync("/proc/1/cgroup", "utf8"));
  } catch {
    return false;
  }
}
