/** The state of a gateway and of what is set up for it, as people and programs read it. */

import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { displayPath } from "../../config/environment.ts";
import { tokenPath } from "../../config/gateway/gateway-token.ts";
import type { GatewayAddress } from "../../config/resolve-client.ts";
import type { ServiceState } from "../../supervisor/supervisor.ts";
import type { FailureView } from "../failure-view.ts";
import { type Answer, answerFacts, answerPairs } from "../gateway/gateway-view.ts";
import { writePairs, writeTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { HostGateway } from "./host-gateways.ts";
import type { MachineReport } from "./machine-report.ts";

/** What the gateway said, and how long that took; or why it did not. */
export type Probe =
  | { readonly ok: true; readonly latencyMs: number; readonly answer: Answer }
  | { readonly ok: false; readonly failure: FailureView };

/** Everything that was found out. */
export interface Status {
  readonly address: GatewayAddress;
  readonly machine: MachineReport;
  /** Undefined when it was not asked. */
  readonly probe: Probe | undefined;
  /** Other gateways of this host; undefined when they were not looked for. */
  readonly others: readonly HostGateway[] | undefined;
  readonly nowMs: number;
}

type Pair = readonly [name: string, value: string | undefined];

/** For programs. */
export function describeStatus({ address, machine, probe, others }: Status) {
  const { loaded, url, urlSource, credential } = address;
  const { problems, warnings, resolved } = machine.config;
  return {
    url,
    urlSource,
    profile: machine.profile ?? "default",
    service: machine.service,
    process: machine.owner && {
      pid: machine.owner.pid,
      startTimeMs: machine.owner.startTimeMs,
      url: machine.owner.url,
    },
    credential: credential && { kind: credential.kind, source: credential.source },
    tokenFile: { path: tokenPath(loaded.stateDir), exists: existsSync(tokenPath(loaded.stateDir)) },
    config: { path: loaded.path, exists: loaded.exists, valid: problems.length === 0, problems, warnings },
    stateDir: loaded.stateDir,
    logs: machine.logs,
    certificateFingerprint: address.pin?.fingerprint,
    bind: resolved?.bind,
    port: resolved?.port,
    auth: resolved && { mode: resolved.auth.mode, source: resolved.auth.source },
    reachable: probe?.ok,
    ...(probe?.ok
      ? { latencyMs: probe.latencyMs, ...answerFacts(probe.answer) }
      : { error: probe && { message: probe.failure.message, next: probe.failure.next, ...probe.failure.facts } }),
    others,
  };
}

/** For people. */
export function writeStatus(terminal: Terminal, status: Status): void {
  const { address, machine, probe, others, nowMs } = status;
  const { dim, red, yellow } = terminal.colors;
  writePairs(terminal, [
    ["gateway", probeText(terminal, probe)],
    ["url", `${address.url} ${dim(`from ${address.urlSource}`)}`],
    ["certificate", address.pin && `SHA-256 ${address.pin.fingerprint}`],
    ...machinePairs(terminal, address, machine),
    ...placePairs(terminal, address, machine),
    ...(probe?.ok ? answerPairs(probe.answer, nowMs) : []),
  ]);
  for (const problem of machine.config.problems) terminal.line(red(`wrong: ${problem}`));
  for (const warning of machine.config.warnings) terminal.line(yellow(`warning: ${warning}`));
  if (probe && !probe.ok && probe.failure.next) terminal.tell(dim(`next: ${probe.failure.next}`));
  if (others) writeOthers(terminal, others, address.loaded.home);
}

function probeText(terminal: Terminal, probe: Probe | undefined): string {
  const { green, red, dim } = terminal.colors;
  if (!probe) return dim("not asked");
  if (!probe.ok) return red(probe.failure.message);
  return `${green("answers")} ${dim(`in ${probe.latencyMs} ms`)}`;
}

function machinePairs(terminal: Terminal, { loaded }: GatewayAddress, machine: MachineReport): Pair[] {
  const { dim } = terminal.colors;
  const { service, owner, profile, config, logs } = machine;
  const { bind, port, auth } = config.resolved ?? {};
  return [
    ["profile", profile],
    ["service", service && serviceText(terminal, service)],
    ["process", owner && `${owner.pid}${service?.pid === owner.pid ? "" : dim(" not the service's")}`],
    ["logs", `${displayPath(logs, loaded.home)}${isWritten(logs) ? "" : dim(" nothing is written yet")}`],
    ["binds to", bind && `${bind.mode} ${dim(`(${bind.hosts.join(", ")}) from ${bind.source}`)}`],
    ["port", port && `${port.value} ${dim(`from ${port.source}`)}`],
    ["auth", auth && `${auth.mode} ${dim(`from ${auth.source}`)}`],
  ];
}

/** A command that shows the log does so in any case. */
function isWritten(logs: string): boolean {
  return !isAbsolute(logs) || existsSync(logs);
}

function serviceText(terminal: Terminal, { manager, name, installed, enabled, state, detail }: ServiceState): string {
  const { green, red, yellow, dim } = terminal.colors;
  const why = detail === undefined ? "" : `: ${detail}`;
  if (manager === "none")
    return dim(`none here${state === "stopped" ? "" : "; a process in the foreground or background"}`);
  if (!installed) return dim(`not installed (${manager})`);
  const paint = state === "running" ? green : state === "failed" ? red : yellow;
  return `${name} ${paint(state)}${why}${enabled ? "" : dim(", does not start with the machine")}`;
}

function placePairs(terminal: Terminal, { loaded, credential }: GatewayAddress, { config }: MachineReport): Pair[] {
  const { green, red, dim } = terminal.colors;
  const short = (path: string): string => displayPath(path, loaded.home);
  const tokenFile = tokenPath(loaded.stateDir);
  const valid = config.problems.length === 0 ? green("valid") : red("wrong");
  return [
    ["credential", credential ? `${credential.kind} ${dim(`from ${short(credential.source)}`)}` : "none"],
    ["config", `${short(loaded.path)} ${loaded.exists ? valid : dim("not there; defaults")}`],
    ["state folder", short(loaded.stateDir)],
    [
      "token file",
      `${short(tokenFile)}${existsSync(tokenFile) ? "" : dim(" not there; made when a gateway needs it")}`,
    ],
  ];
}

function writeOthers(terminal: Terminal, others: readonly HostGateway[], home: string): void {
  terminal.line("", others.length === 0 ? "no other gateway was found on this host" : "other gateways on this host:");
  if (others.length === 0) return;
  writeTable(
    terminal,
    [
      { title: "profile", cell: ({ profile }) => profile ?? "?" },
      { title: "state folder", cell: ({ stateDir }) => (stateDir === undefined ? "?" : displayPath(stateDir, home)) },
      { title: "process", cell: ({ pid }) => String(pid ?? "?"), right: true },
      { title: "url", cell: ({ url }) => url ?? "starting" },
    ],
    others,
  );
}
