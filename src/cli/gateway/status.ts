/** `openclaw gateway status`. */

import { existsSync } from "node:fs";
import type { GetGatewayResponseJson } from "../../../gen/openclaw/gateway/v1/gateway_service_pb.ts";
import { ConfigError } from "../../config/config-error.ts";
import { displayPath } from "../../config/environment.ts";
import { tokenPath } from "../../config/gateway/gateway-token.ts";
import { loadConfig } from "../../config/load-config.ts";
import { defineCommand } from "../command/command.ts";
import { type FailureView, viewFailure } from "../failure-view.ts";
import type { GatewayAddress, GatewayLink } from "../link/gateway-link.ts";
import { exactly } from "../terminal/moment.ts";
import { writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { stateWord } from "./gateway-view.ts";

/** What the gateway said, and how long that took; or why it did not. */
type Probe =
  | { readonly ok: true; readonly latencyMs: number; readonly answer: GetGatewayResponseJson }
  | { readonly ok: false; readonly failure: FailureView };

/** Shows what is set up on this machine, and asks the gateway. */
export const command = defineCommand({
  words: [],
  options: {
    "no-probe": { kind: "switch", help: "do not ask the gateway" },
    "require-rpc": { kind: "switch", help: "exit code 1 when the gateway does not answer" },
  },
  details: `
Changes nothing. Exit code 0 whether the gateway answers or not, unless --require-rpc; 78 when the configuration is wrong.`,
  async run({ options, terminal, link, nowMs }) {
    const address = await link.address();
    const config = await checkConfig(address);
    const probe = options["no-probe"] ? undefined : await probeGateway(link, address);
    if (terminal.json) terminal.document(document(address, config, probe));
    else write(terminal, { address, config, probe, nowMs });
    if (config.problems.length > 0) return 78;
    return options["require-rpc"] && !probe?.ok ? 1 : 0;
  },
});

interface ConfigCheck {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** The whole file, as the gateway checks it at its start; only done when there is one. */
async function checkConfig({ loaded }: GatewayAddress): Promise<ConfigCheck> {
  if (!loaded.exists) return { problems: [], warnings: loaded.warnings };
  try {
    return { problems: [], warnings: (await loadConfig(loaded)).warnings };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.message.split("\n"), warnings: loaded.warnings };
    throw error;
  }
}

async function probeGateway(link: GatewayLink, address: GatewayAddress): Promise<Probe> {
  try {
    const answer = await link.calls.gateway.getGateway({});
    // The first call also opens the connection; the second one alone tells how quick the gateway is.
    const startMs = performance.now();
    await link.calls.gateway.getGateway({});
    return { ok: true, latencyMs: Math.round((performance.now() - startMs) * 10) / 10, answer };
  } catch (thrown) {
    return { ok: false, failure: await viewFailure(thrown, address) };
  }
}

function document(
  { loaded, url, urlSource, credential }: GatewayAddress,
  config: ConfigCheck,
  probe: Probe | undefined,
) {
  return {
    url,
    urlSource,
    credential: credential && { kind: credential.kind, source: credential.source },
    tokenFile: { path: tokenPath(loaded.stateDir), exists: existsSync(tokenPath(loaded.stateDir)) },
    config: { path: loaded.path, exists: loaded.exists, valid: config.problems.length === 0, ...config },
    stateDir: loaded.stateDir,
    reachable: probe?.ok,
    ...(probe?.ok
      ? { latencyMs: probe.latencyMs, gateway: probe.answer.gateway, caller: probe.answer.caller }
      : { error: probe && { message: probe.failure.message, next: probe.failure.next, ...probe.failure.facts } }),
  };
}

interface Status {
  readonly address: GatewayAddress;
  readonly config: ConfigCheck;
  readonly probe: Probe | undefined;
  readonly nowMs: number;
}

function write(terminal: Terminal, { address, config, probe, nowMs }: Status): void {
  const { loaded, url, urlSource, credential } = address;
  const { green, red, yellow, dim } = terminal.colors;
  const short = (path: string): string => displayPath(path, loaded.home);
  const tokenFile = tokenPath(loaded.stateDir);
  const valid = config.problems.length === 0;
  const file = `${short(loaded.path)} ${loaded.exists ? (valid ? green("valid") : red("wrong")) : dim("not there; defaults")}`;
  writePairs(terminal, [
    ["gateway", probeText(terminal, probe)],
    ["url", `${url} ${dim(`from ${urlSource}`)}`],
    ["credential", credential ? `${credential.kind} ${dim(`from ${short(credential.source)}`)}` : "none"],
    ["config", file],
    ["state folder", short(loaded.stateDir)],
    [
      "token file",
      `${short(tokenFile)}${existsSync(tokenFile) ? "" : dim(" not there; made when a gateway needs it")}`,
    ],
    ...(probe?.ok ? answerPairs(probe, nowMs) : []),
  ]);
  for (const problem of config.problems) terminal.line(red(`wrong: ${problem}`));
  for (const warning of config.warnings) terminal.line(yellow(`warning: ${warning}`));
  if (probe && !probe.ok && probe.failure.next) terminal.line(dim(`next: ${probe.failure.next}`));
}

function probeText(terminal: Terminal, probe: Probe | undefined): string {
  const { green, red, dim } = terminal.colors;
  if (!probe) return dim("not asked");
  if (!probe.ok) return red(probe.failure.message);
  return `${green("answers")} ${dim(`in ${probe.latencyMs} ms`)}`;
}

function answerPairs({ answer }: Probe & { ok: true }, nowMs: number): (readonly [string, string | undefined])[] {
  const { gateway = {}, caller = {} } = answer;
  const scopes = (caller.scopes ?? []).map((scope) => String(scope).replace("SCOPE_", "").toLowerCase());
  return [
    ["state", [stateWord(gateway), gateway.stateReason].filter(Boolean).join(": ")],
    ["version", gateway.version],
    ["up for", gateway.startTime && exactly(nowMs - Date.parse(gateway.startTime))],
    ["you are", `${caller.principal} (${scopes.join(", ")})`],
    ["model", gateway.defaultModel],
    ["runs", `${gateway.activeRuns ?? 0} active, ${gateway.queuedRuns ?? 0} queued`],
  ];
}
