/** What a check on this machine is: a name, and a function that looks. Lists of them: doctor-checks.ts, audit-checks.ts. */

import type { ConfigProblem } from "../../config/config-error.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import type { RunCommand } from "../../lib/host/run-command.ts";
import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import type { ServiceState } from "../../supervisor/supervisor.ts";
import type { Invocation } from "../command/command.ts";
import type { LocalGateway } from "../service/local-gateway.ts";

/** How much something matters: an error does not work or is not safe, a warning should be put right. */
export type Severity = "error" | "warning" | "info";

/** Something a check found. */
export interface Problem {
  readonly severity: Severity;
  /** A path, a key of the configuration, a port. */
  readonly subject: string;
  /** What is the matter, in words, without secrets. */
  readonly reason: string;
  /** What to do about it; empty when nothing has to be done. */
  readonly fix: string;
  /** Puts it right without harm and says in words what was done; undefined when only a person can. */
  readonly repair?: () => string | Promise<string>;
}

/** What checks look at. */
export interface CareContext {
  readonly local: LocalGateway;
  /** Undefined when there are `problems`. */
  readonly loaded: LoadedConfig | undefined;
  /** What is wrong with the configuration. */
  readonly problems: readonly ConfigProblem[];
  /** The gateway that runs on the state folder; undefined when none does. */
  readonly owner: GatewayOwner | undefined;
  /** Undefined when its manager does not say. */
  readonly service: ServiceState | undefined;
  readonly link: Invocation["link"];
  /** Also what takes long or calls others. */
  readonly deep: boolean;
  readonly nowMs: number;
  readonly run: RunCommand;
}

/** One thing to look at. */
export interface Check {
  /** Lower-case words joined by dots. */
  readonly id: string;
  /** Looks, and changes nothing. */
  run(context: CareContext): readonly Problem[] | Promise<readonly Problem[]>;
}
