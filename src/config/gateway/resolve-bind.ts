/** Which addresses the gateway listens on. */

import { BlockList, isIPv4 } from "node:net";
import type { BindMode } from "../config.ts";
import { configError } from "../config-error.ts";
import type { LoadedConfig } from "../load-config.ts";
import type { Machine } from "./machine.ts";

/** A way to bind, and the addresses it comes to on this machine. */
export interface ResolvedBind {
  readonly mode: BindMode;
  readonly source: "--bind" | "gateway.bind" | "default";
  /** IP addresses, all on the same port; at least one. 127.0.0.1 or 0.0.0.0 is always among them. */
  readonly hosts: readonly string[];
}

const modes: readonly BindMode[] = ["loopback", "lan", "tailnet", "auto", "custom"];
const everyInterface = "0.0.0.0";
const loopback = "127.0.0.1";

/** The flag, else gateway.bind, else loopback. Throws a ConfigError that says what is missing on this machine. */
export function resolveBind({ config }: LoadedConfig, machine: Machine, flag?: string): ResolvedBind {
  const { bind, customBindHost } = config.gateway;
  const mode = flag === undefined ? (bind ?? "loopback") : parseMode(flag);
  const source = flag !== undefined ? "--bind" : bind !== undefined ? "gateway.bind" : "default";
  return { mode, source, hosts: hostsOf(mode, machine, customBindHost) };
}

function parseMode(flag: string): BindMode {
  const mode = modes.find((known) => known === flag);
  if (mode !== undefined) return mode;
  const hint = isIPv4(flag) ? 'set gateway.bind to "custom" and gateway.customBindHost to the address' : undefined;
  throw configError("--bind", `must be one of ${modes.join(", ")}, not ${JSON.stringify(flag)}`, hint);
}

function hostsOf(mode: BindMode, machine: Machine, customBindHost: string | undefined): string[] {
  switch (mode) {
    case "loopback":
      return loopbackHosts(machine);
    case "lan":
      return [everyInterface];
    case "auto":
      return machine.container ? [everyInterface] : loopbackHosts(machine);
    case "tailnet":
      return [loopback, tailnetAddress(machine)];
    case "custom":
      return customHosts(customBindHost);
  }
}

function loopbackHosts({ addresses }: Machine): string[] {
  return addresses.includes("::1") ? [loopback, "::1"] : [loopback];
}

function tailnetAddress({ addresses }: Machine): string {
  const tailnet = new BlockList();
  tailnet.addSubnet("100.64.0.0", 10);
  const address = addresses.find((candidate) => isIPv4(candidate) && tailnet.check(candidate));
  if (address !== undefined) return address;
  throw configError(
    "gateway.bind",
    "is tailnet, but no interface has a tailnet address (100.64.0.0/10)",
    "start Tailscale or choose another bind",
  );
}

function customHosts(host: string | undefined): string[] {
  if (host === undefined) {
    throw configError("gateway.customBindHost", "is missing, and gateway.bind is custom", "set it to an IPv4 address");
  }
  // The address of every interface, or loopback itself, leaves no room for a second socket on the same port.
  return host === everyInterface || host === loopback ? [host] : [loopback, host];
}
