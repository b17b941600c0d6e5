/** The gateway of this machine: where it lives, which process it is, and what keeps it running. */

import { realpathSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { configError } from "../../config/config-error.ts";
import {
  processSurroundings,
  readProfile,
  readVariable,
  type Surroundings,
  stateDirectory,
  usesProfilePlaces,
} from "../../config/environment.ts";
import type { ProfileFlags } from "../../config/profile.ts";
import { serviceEnvironment } from "../../config/service-environment.ts";
import { chooseSupervisor, type Host, thisHost } from "../../supervisor/choose-supervisor.ts";
import { findOwner, type GatewayOwner } from "../../supervisor/gateway-owner.ts";
import { ServiceError } from "../../supervisor/service-error.ts";
import type { Service, ServiceState, Supervisor } from "../../supervisor/supervisor.ts";
import { CommandFailure } from "../failure-view.ts";

const lookMs = 30;

/** The gateway the profile of a command line means. Its configuration is not read: it can be stopped with a broken one. */
export class LocalGateway {
  readonly surroundings: Surroundings;
  readonly stateDir: string;
  readonly profile: string | undefined;
  /** True when a service may keep it: its state and configuration are where its profile has them. */
  readonly ownPlaces: boolean;
  readonly supervisor: Supervisor;
  readonly #host: Host;

  private constructor(surroundings: Surroundings, service: Service, parts: { host: Host; supervisor: Supervisor }) {
    this.surroundings = surroundings;
    this.stateDir = service.stateDir;
    this.profile = service.profile;
    this.ownPlaces = usesProfilePlaces(surroundings);
    this.supervisor = parts.supervisor;
    this.#host = parts.host;
  }

  /** `port` is for a service that is to listen elsewhere than its configuration says. */
  static async open(flags: ProfileFlags, port?: number): Promise<LocalGateway> {
    const surroundings = processSurroundings({ profile: flags.profile, dev: flags.dev });
    const service = serviceOf(surroundings, port);
    const host = thisHost(surroundings.environment);
    const supervisor = await chooseSupervisor(service, usesProfilePlaces(surroundings), host);
    return new LocalGateway(surroundings, service, { host, supervisor });
  }

  /** The gateway that has the state folder now; undefined when none has. */
  owner(): Promise<GatewayOwner | undefined> {
    return findOwner(this.stateDir, this.#host.run);
  }

  /** What its service manager says of it; undefined when that does not say. */
  async service(): Promise<ServiceState | undefined> {
    try {
      return await this.supervisor.status();
    } catch (error) {
      if (error instanceof ServiceError) return undefined;
      throw error;
    }
  }

  /** The gateway once it is ready; one that is the same as `before` does not count. Fails when that takes too long. */
  async waitUntilReady(patienceMs: number, before?: GatewayOwner): Promise<GatewayOwner & { readonly url: string }> {
    const endMs = performance.now() + patienceMs;
    while (performance.now() < endMs) {
      const owner = await this.owner();
      const same = owner?.pid === before?.pid && owner?.startTimeMs === before?.startTimeMs;
      if (owner?.url !== undefined && !same) return { ...owner, url: owner.url };
      await sleep(lookMs);
    }
    const { logs } = await this.supervisor.status();
    throw new CommandFailure(`the gateway is not ready after ${patienceMs / 1_000} s`, `see: ${logs}`);
  }

  /** True when the process has given back the state folder within that time. */
  async isGone(pid: number, patienceMs: number): Promise<boolean> {
    const endMs = performance.now() + patienceMs;
    do {
      if ((await this.owner())?.pid !== pid) return true;
      await sleep(lookMs);
    } while (performance.now() < endMs);
    return false;
  }
}

/** True when the command line or the environment names a gateway that may be anywhere. */
export function namesForeignGateway(url: string | undefined): boolean {
  return url !== undefined || readVariable(processSurroundings().environment, "OPENCLAW_GATEWAY_URL") !== undefined;
}

/** Throws a ConfigError for `--url` with a command that is about this machine. */
export function requireLocal(url: string | undefined, command: string): void {
  if (url !== undefined) throw configError("--url", `has no meaning for ${command}`, "it is about this machine");
}

/** Started the way this program was, by absolute paths: a service has no working directory and no PATH to look in. */
function serviceOf(surroundings: Surroundings, port: number | undefined): Service {
  const profile = readProfile(surroundings.environment);
  const flags = profile === undefined ? [] : ["--profile", profile];
  const portFlags = port === undefined ? [] : ["--port", String(port)];
  return {
    profile,
    stateDir: stateDirectory(surroundings),
    home: surroundings.home,
    command: [process.execPath, realpathSync(process.argv[1] ?? ""), ...flags, "gateway", "run", ...portFlags],
    environment: serviceEnvironment(surroundings.environment),
  };
}
