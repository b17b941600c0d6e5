/** A gateway that was started in this process, as people and programs read it. */

import { displayPath } from "../../config/environment.ts";
import { tokenPath } from "../../config/gateway/gateway-token.ts";
import type { ResolvedAuth } from "../../config/gateway/resolve-auth.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import { programName } from "../program-name.ts";
import { writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What was started. */
export interface Started {
  readonly version: string;
  readonly gateway: {
    readonly urls: readonly string[];
    readonly resolved: { readonly auth: ResolvedAuth };
    readonly certificate: { readonly fingerprint: string } | undefined;
  };
  readonly loaded: LoadedConfig;
}

/** For programs. */
export function describeStarted({ version, gateway, loaded }: Started) {
  const { auth } = gateway.resolved;
  return {
    version,
    pid: process.pid,
    urls: gateway.urls,
    stateDir: loaded.stateDir,
    configPath: loaded.path,
    configExists: loaded.exists,
    authMode: auth.mode,
    credentialSource: credentialPlace(auth.source, loaded.stateDir),
    certificateFingerprint: gateway.certificate?.fingerprint,
  };
}

/** For people: where it is, and what to type next. */
export function writeStarted(terminal: Terminal, { version, gateway, loaded }: Started): void {
  const { bold, green } = terminal.colors;
  const { urls, certificate } = gateway;
  const { auth } = gateway.resolved;
  const short = (path: string): string => displayPath(path, loaded.home);
  terminal.line(`${bold(`OpenClaw Gateway ${version}`)} ${green("is ready")}`);
  writePairs(terminal, [
    ["url", urls.join("  ")],
    ["certificate", certificate && `SHA-256 ${certificate.fingerprint}`],
    ["state", short(loaded.stateDir)],
    ["config", `${short(loaded.path)}${loaded.exists ? "" : " (not there; defaults)"}`],
    [
      auth.mode === "none" ? "auth" : auth.mode,
      authText(auth.mode, short(credentialPlace(auth.source, loaded.stateDir))),
    ],
  ]);
  terminal.line("", `in another terminal:  ${bold(`${programName()} agent -m "hello"`)}`, "stop with Ctrl+C");
}

function authText(mode: string, place: string): string {
  return mode === "none" ? "none: every program on this machine may call" : `in ${place}`;
}

/** A secret in the state folder is named by its file. */
function credentialPlace(source: string, stateDir: string): string {
  return source === "gateway.token" ? tokenPath(stateDir) : source;
}
