/** A launchd agent keeps the gateway running while its user is logged in. */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommandResult, RunCommand } from "../../lib/host/run-command.ts";
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
import { agentLabel, agentProperties, propertyListText } from "./property-list.ts";

/** Where launchd looks for services of the whole machine. */
const daemonFolder = "/Library/LaunchDaemons";

/** Exit code of a command that launchd goes on with by itself (EINPROGRESS). */
const inProgress = 36;

/** Longest time until a stopped agent is gone: launchd kills it after ExitTimeOut (30 s). */
const unloadMs = 35_000;
const pollMs = 100;

/** launchd, in the session of one user. */
export class LaunchdSupervisor implements Supervisor {
  readonly manager = "launchd";
  readonly #service: Service;
  readonly #run: RunCommand;
  readonly #domain: string;
  readonly #label: string;
  readonly #file: string;

  /** `userId` is the number of the user whose session it is. */
  constructor(service: Service, run: RunCommand, userId: number) {
    this.#service = service;
    this.#run = run;
    this.#domain = `gui/${userId}`;
    this.#label = agentLabel(service.profile);
    this.#file = join(service.home, "Library", "LaunchAgents", `${this.#label}.plist`);
  }

  definition(limits: ServiceLimits): string {
    if (limits.memoryMb !== undefined) throw new ServiceError("launchd cannot limit memory", "leave out --memory");
    if (limits.hardened) throw new ServiceError("launchd cannot take rights away", "leave out --hardened");
    return propertyListText(agentProperties(this.#service));
  }

  installed(): InstalledDefinition | undefined {
    return existsSync(this.#file) ? { file: this.#file, text: readFileSync(this.#file, "utf8") } : undefined;
  }

  async install(limits: ServiceLimits): Promise<Installation> {
    const daemon = join(daemonFolder, `${this.#label}.plist`);
    if (existsSync(daemon)) {
      throw new ServiceError(`${daemon} runs the gateway for the whole machine`, "remove that one, or use --profile");
    }
    const text = this.definition(limits);
    const changed = this.installed()?.text !== text;
    if (changed) {
      mkdirSync(dirname(this.#file), { recursive: true });
      mkdirSync(dirname(logPath(this.#service.stateDir)), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.#file}.new`, text, { mode: 0o644 });
      renameSync(`${this.#file}.new`, this.#file);
    }
    await this.#do("enable", this.#target);
    return { file: this.#file, changed, hints: [] };
  }

  async uninstall(): Promise<boolean> {
    if (!existsSync(this.#file)) return false;
    await this.stop({ disable: false, wait: true });
    rmSync(this.#file);
    return true;
  }

  async start(): Promise<void> {
    this.#requireInstalled();
    await this.#do("enable", this.#target);
    if ((await this.#print()).code !== 0) await this.#do("bootstrap", this.#domain, this.#file);
    else await this.#do("kickstart", this.#target);
  }

  /** launchd reads a definition when a service is loaded, so a restart loads it anew. */
  async restart(): Promise<void> {
    this.#requireInstalled();
    await this.stop({ disable: false, wait: true });
    await this.start();
  }

  /** An agent that is only told to end is started again at once: it has to be unloaded. */
  async stop({ disable, wait }: StopServiceOptions): Promise<void> {
    if (disable) await this.#do("disable", this.#target);
    if ((await this.#print()).code !== 0) return;
    const { code, stderr } = await this.#run("launchctl", ["bootout", this.#target]);
    if (code !== 0 && code !== inProgress) throw failed(["bootout", this.#target], stderr);
    if (wait) await this.#waitUntilUnloaded();
  }

  async status(): Promise<ServiceState> {
    const { code, stdout } = await this.#print();
    const loaded = code === 0;
    const pid = Number(/^\s*pid = (\d+)$/m.exec(stdout)?.[1]);
    const exitCode = /^\s*last exit code = (\d+)/m.exec(stdout)?.[1];
    const failed = loaded && exitCode !== undefined && exitCode !== "0";
    return {
      manager: this.manager,
      name: this.#label,
      installed: existsSync(this.#file),
      enabled: existsSync(this.#file) && !(await this.#isDisabled()),
      state: pid > 0 ? "running" : failed ? "failed" : "stopped",
      pid: pid > 0 ? pid : undefined,
      detail: failed ? `it last ended with exit code ${exitCode}` : undefined,
      logs: logPath(this.#service.stateDir),
    };
  }

  get #target(): string {
    return `${this.#domain}/${this.#label}`;
  }

  #requireInstalled(): void {
    if (existsSync(this.#file)) return;
    throw new ServiceError(
      "the gateway is not installed as a service",
      "install it with: openclaw gateway install, or run it in this terminal: openclaw gateway run",
    );
  }

  /** A service that is being unloaded cannot be loaded. */
  async #waitUntilUnloaded(): Promise<void> {
    const endMs = performance.now() + unloadMs;
    while (performance.now() < endMs) {
      if ((await this.#print()).code !== 0) return;
      await sleep(pollMs);
    }
    throw new ServiceError(`the agent ${this.#label} was told to stop, and still runs`, "see: openclaw gateway status");
  }

  async #isDisabled(): Promise<boolean> {
    const { stdout } = await this.#run("launchctl", ["print-disabled", this.#domain]);
    // Older versions say true.
    return stdout.includes(`"${this.#label}" => disabled`) || stdout.includes(`"${this.#label}" => true`);
  }

  #print(): Promise<CommandResult> {
    return this.#run("launchctl", ["print", this.#target]);
  }

  async #do(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await this.#run("launchctl", args);
    if (code !== 0) throw failed(args, stderr);
  }
}

function failed(args: readonly string[], stderr: string): ServiceError {
  return new ServiceError(`launchctl ${args.join(" ")} failed: ${stderr.trim().split("\n")[0] ?? ""}`);
}
