/** The port to what keeps a gateway running on this host: a service manager, or nobody. */

import { join } from "node:path";

/** What is to be kept running. */
export interface Service {
  /** Undefined for the default profile. */
  readonly profile: string | undefined;
  /** Absolute path of the folder with everything the gateway remembers. */
  readonly stateDir: string;
  readonly home: string;
  /** Runs the gateway until it is told to stop: the program by its absolute path, and its arguments. */
  readonly command: readonly string[];
  /** Variables a service gets; they are written to a file others may read, so no secret is among them. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a service is allowed. */
export interface ServiceLimits {
  /** Memory of the gateway and of all it starts, in MiB; undefined for most of the machine's. */
  readonly memoryMb: number | undefined;
  /** Takes away what gateways seldom need, and some tools of an agent do: sudo, ping, other users' rights. */
  readonly hardened: boolean;
}

/** What was written, and what a person should know about it. */
export interface Installation {
  /** Absolute path of the definition. */
  readonly file: string;
  /** False when the very same was there already. */
  readonly changed: boolean;
  /** Sentences with what to type: the service works without, but not as well. */
  readonly hints: readonly string[];
}

/** A definition as it is on the disk. */
export interface InstalledDefinition {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
}

/** How a service is. */
export interface ServiceState {
  readonly manager: "systemd" | "launchd" | "none";
  /** What its manager calls it; empty without one. */
  readonly name: string;
  readonly installed: boolean;
  /** It starts when the machine does, or its user logs in. */
  readonly enabled: boolean;
  readonly state: "running" | "starting" | "stopping" | "stopped" | "failed";
  readonly pid: number | undefined;
  /** Why it is in this state, as far as that is known: "exit code 78". */
  readonly detail: string | undefined;
  /** Where its logs are: a command that shows them, or a path. */
  readonly logs: string;
}

/** How a service is stopped. */
export interface StopServiceOptions {
  /** It does not start with the machine any more either, until it is installed again. */
  readonly disable: boolean;
  /** Resolves when it is gone, instead of when it has been told. */
  readonly wait: boolean;
}

/** Keeps a gateway running. Every method fails with a ServiceError that says what to do next. */
export interface Supervisor {
  readonly manager: ServiceState["manager"];
  /** The definition `install` would write. */
  definition(limits: ServiceLimits): string;
  /** The definition that is installed now; undefined when there is none. */
  installed(): InstalledDefinition | undefined;
  /** Writes the definition and lets the gateway start with the machine. Doing it again changes nothing; nothing is started. */
  install(limits: ServiceLimits): Promise<Installation>;
  /** Stops the service and removes its definition, nothing else. False when there was none. */
  uninstall(): Promise<boolean>;
  /** Starts the service and resolves when it is ready. One that runs is left alone. */
  start(): Promise<void>;
  /** Stops the service; one that does not run stays so. */
  stop(options: StopServiceOptions): Promise<void>;
  /** Stops and starts the service; one that does not run is started. */
  restart(): Promise<void>;
  status(): Promise<ServiceState>;
}

/** The log of a gateway whose manager keeps none. */
export function logPath(stateDir: string): string {
  return join(stateDir, "logs", "gateway.log");
}
