/** Health probes for supervisors, over plain HTTP and without a credential. */

import type { ServerState } from "./server-options.ts";

/** What a probe answers. */
export interface ProbeAnswer {
  readonly status: 200 | 503;
  readonly body: string;
}

type Probe = "live" | "startup" | "ready";

const probes: ReadonlyMap<string, Probe> = new Map([
  ["/health", "live"],
  ["/healthz", "live"],
  ["/startup", "startup"],
  ["/startupz", "startup"],
  ["/ready", "ready"],
  ["/readyz", "ready"],
]);

/** True for the paths of probes. */
export function isProbe(path: string): boolean {
  return probes.has(path);
}

/**
 * The answer of a probe: alive as soon as it can answer, started when calls are served, ready when everything works. The
 * reason is told to this machine only: `direct` says that the request came from it, and not through a proxy on it.
 */
export function probeAnswer(path: string, current: ServerState, direct: boolean): ProbeAnswer {
  const { state, reason } = current;
  switch (probes.get(path)) {
    case "startup":
      return state === "starting" ? failing(current, direct) : passing("started", "");
    case "ready":
      return state === "ready" ? passing("ready", direct ? reason : "") : failing({ state, reason }, direct);
    default:
      return passing("live", "");
  }
}

function passing(status: string, reason: string): ProbeAnswer {
  return { status: 200, body: JSON.stringify({ ok: true, status, ...(reason === "" ? {} : { reason }) }) };
}

function failing({ state, reason }: ServerState, direct: boolean): ProbeAnswer {
  const detail = direct && reason !== "" ? { reason } : {};
  return { status: 503, body: JSON.stringify({ ok: false, status: state, ...detail }) };
}
