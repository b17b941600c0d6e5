/** A systemd user service keeps the gateway running. */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { CommandResult, RunCommand } from "../../lib/host/run-command.ts";
import { ServiceError } from "../service-error.ts";
import type {
  Installation,
  InstalledDefinition,
  Service,
  ServiceLimits,
  ServiceState,
  StopServiceOptions,
  Supervisor,
} from "../supervisor.ts";
import { unitCommand, unitName, unitText } from "./unit.ts";

/** Properties `systemctl show` is asked for, by name. */
type Properties = Readonly<Record<string, string | undefined>>;

const asked = "LoadState,ActiveState,SubState,UnitFileState,MainPID,ExecMainCode,ExecMainStatus,Result,NRestarts";

/** The user's own service manager. */
export class SystemdSupervisor implements Supervisor {
  readonly manager = "systemd";
  readonly #service: Service;
  readonly #run: RunCommand;
  readonly #unit: string;
  readonly #file: string;

  /** `configFolder` is where the user's configuration files are: ~/.config. */
  constructor(service: Service, run: RunCommand, configFolder: string) {
    this.#service = service;
    this.#run = run;
    this.#unit = unitName(service.profile);
    this.#file = join(configFolder, "systemd", "user", this.#unit);
  }

  definition(limits: ServiceLimits): string {
    return unitText(this.#service, limits);
  }

  installed(): InstalledDefinition | undefined {
    const text = readText(this.#file);
    return text === undefined ? undefined : { file: this.#file, text };
  }

  async install(limits: ServiceLimits): Promise<Installation> {
    const text = unitText(this.#service, limits);
    const changed = this.installed()?.text !== text;
    if (changed) {
      mkdirSync(join(this.#file, ".."), { recursive: true });
      writeFileSync(`${this.#file}.new`, text, { mode: 0o644 });
      renameSync(`${this.#file}.new`, this.#file);
      await this.#do("daemon-reload");
    }
    await this.#do("enable", this.#unit);
    return { file: this.#file, changed, hints: await this.#lingerHints() };
  }

  async uninstall(): Promise<boolean> {
    const { installed } = await this.status();
    if (!installed && !existsSync(this.#file)) return false;
    await this.#do("disable", "--now", this.#unit);
    rmSync(this.#file, { force: true });
    await this.#do("daemon-reload");
    await this.#systemctl("reset-failed", this.#unit);
    return true;
  }

  async start(): Promise<void> {
    const { installed, state } = await this.status();
    if (!installed) throw notInstalled();
    if (state === "running") return;
    await this.#bringUp("start");
  }

  async restart(): Promise<void> {
    const { installed } = await this.status();
    if (!installed) throw notInstalled();
    await this.#bringUp("restart");
  }

  async stop({ disable, wait }: StopServiceOptions): Promise<void> {
    const { installed, state } = await this.status();
    // One whose definition was deleted may still run.
    if (disable && installed) await this.#do("disable", this.#unit);
    if (state === "stopped") return;
    await this.#do("stop", ...(wait ? [] : ["--no-block"]), this.#unit);
    if (wait) await this.#systemctl("reset-failed", this.#unit);
  }

  async status(): Promise<ServiceState> {
    const { code, stdout, stderr } = await this.#systemctl("show", this.#unit, `--property=${asked}`);
    if (code !== 0) throw new ServiceError(`systemctl --user show ${this.#unit} failed: ${firstLine(stderr)}`);
    const properties: Properties = Object.fromEntries(stdout.split("\n").map((line) => line.split(/=(.*)/)));
    const pid = Number(properties.MainPID);
    return {
      manager: this.manager,
      name: this.#unit,
      installed: properties.LoadState !== "not-found",
      enabled: properties.UnitFileState === "enabled",
      state: stateOf(properties),
      pid: pid > 0 ? pid : undefined,
      detail: this.#missingProgram() ?? detailOf(properties),
      logs: `journalctl --user -u ${this.#unit}`,
    };
  }

  async #bringUp(verb: "start" | "restart"): Promise<void> {
    // A service that failed often may not be started for a while unless that is forgotten.
    await this.#systemctl("reset-failed", this.#unit);
    const { code, stderr } = await this.#systemctl(verb, this.#unit);
    if (code === 0) return;
    const { detail, logs } = await this.status();
    throw new ServiceError(
      `the service ${this.#unit} did not start: ${detail ?? firstLine(stderr)}`,
      `see: ${logs} -n 50`,
    );
  }

  /** A new Node or a moved package leaves a service behind that cannot start. */
  #missingProgram(): string | undefined {
    const missing = unitCommand(readText(this.#file) ?? "")
      ?.slice(0, 2)
      .find((path) => !existsSync(path));
    return missing && `${missing} is not there any more; write the service anew with: openclaw gateway install`;
  }

  /** Without lingering, a user's services end when the user logs out. */
  async #lingerHints(): Promise<string[]> {
    const user = userInfo().username;
    const { code, stdout } = await this.#run("loginctl", ["show-user", user, "--property=Linger", "--value"]);
    if (code === 0 && stdout.trim() === "yes") return [];
    return [`it stops when you log out; to let it run on: sudo loginctl enable-linger ${user}`];
  }

  async #do(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await this.#systemctl(...args);
    if (code !== 0) throw new ServiceError(`systemctl --user ${args.join(" ")} failed: ${firstLine(stderr)}`);
  }

  #systemctl(...args: readonly string[]): Promise<CommandResult> {
    return this.#run("systemctl", ["--user", "--no-ask-password", ...args]);
  }
}

function notInstalled(): ServiceError {
  return new ServiceError(
    "the gateway is not installed as a service",
    "install it with: openclaw gateway install, or run it in this terminal: openclaw gateway run",
  );
}

function stateOf({ ActiveState, SubState }: Properties): ServiceState["state"] {
  switch (ActiveState) {
    case "active":
    case "reloading":
      return "running";
    case "activating":
      return SubState === "auto-restart" ? "failed" : "starting";
    case "deactivating":
      return "stopping";
    case "failed":
      return "failed";
    default:
      return "stopped";
  }
}

function detailOf({ SubState, Result, ExecMainCode, ExecMainStatus, NRestarts }: Properties): string | undefined {
  const parts: string[] = [];
  const ended = Result !== "success" && Result !== undefined;
  // 1 is CLD_EXITED, above it are signals.
  if (ended && Result === "exit-code") parts.push(`it ended with exit code ${ExecMainStatus}`);
  else if (ended && Result === "signal") parts.push(`it was ended by signal ${ExecMainStatus}`);
  else if (ended && Result === "start-limit-hit") parts.push("it failed too often in a minute");
  else if (ended) parts.push(`${Result}${ExecMainCode === "1" ? `, exit code ${ExecMainStatus}` : ""}`);
  if (SubState === "auto-restart") parts.push("it is started again in a moment");
  if (NRestarts !== undefined && NRestarts !== "0") parts.push(`restarted ${NRestarts} times by systemd`);
  return parts.length === 0 ? undefined : parts.join("; ");
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
