/** A gateway that runs, as people and programs read it. */

import { displayPath } from "../../config/environment.ts";
import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import type { ServiceState } from "../../supervisor/supervisor.ts";
import { runningLog } from "../logs/log-place.ts";
import { writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { LocalGateway } from "./local-gateway.ts";

/** A gateway and the service it may be. */
export interface Running {
  readonly owner: GatewayOwner;
  readonly service: ServiceState;
  readonly local: LocalGateway;
}

/** For programs. */
export function describeRunning(owner: GatewayOwner, service: ServiceState) {
  const { pid, url } = owner;
  return { pid, url, manager: service.manager, service: service.name || undefined, logs: runningLog(owner, service) };
}

/** For people: a sentence, then what they may want to know. */
export function writeRunning(terminal: Terminal, sentence: string, { owner, service, local }: Running): void {
  const logs = runningLog(owner, service);
  const own = service.pid === owner.pid;
  const how = service.manager === "none" ? "" : own ? ` as ${service.name}` : ", not as a service";
  terminal.line(`${sentence}${how}`);
  writePairs(terminal, [
    ["url", owner.url],
    ["process", String(owner.pid)],
    ["logs", logs && displayPath(logs, local.surroundings.home)],
  ]);
}
