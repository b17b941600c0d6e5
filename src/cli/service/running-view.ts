/** A gateway that runs, as people and programs read it. */

import { statSync } from "node:fs";
import { displayPath } from "../../config/environment.ts";
import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import type { ServiceState } from "../../supervisor/supervisor.ts";
import { writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { LocalGateway } from "./local-gateway.ts";

/** A gateway and the service it may be. */
export interface Running {
  readonly owner: GatewayOwner;
  readonly service: ServiceState;
  readonly local: LocalGateway;
  /** It was started just now, by its service manager or as a process in the background. */
  readonly fresh?: boolean;
}

/** For programs. */
export function describeRunning({ pid, url }: GatewayOwner, service: ServiceState) {
  return { pid, url, manager: service.manager, service: service.name || undefined, logs: service.logs };
}

/** Without a manager, the file is that of a gateway in the background: one in a terminal writes elsewhere. */
function isItsLog({ startTimeMs }: GatewayOwner, { manager, logs }: ServiceState): boolean {
  return manager !== "none" || (statSync(logs, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= startTimeMs;
}

/** For people: a sentence, then what they may want to know. */
export function writeRunning(
  terminal: Terminal,
  sentence: string,
  { owner, service, local, fresh = false }: Running,
): void {
  const own = service.pid === owner.pid;
  const how = service.manager === "none" ? "" : own ? ` as ${service.name}` : ", not as a service";
  terminal.line(`${sentence}${how}`);
  writePairs(terminal, [
    ["url", owner.url],
    ["process", String(owner.pid)],
    [
      "logs",
      own && (fresh || isItsLog(owner, service)) ? displayPath(service.logs, local.surroundings.home) : undefined,
    ],
  ]);
}
