/** `openclaw gateway probe`. */

import { create, toJson } from "@bufbuild/protobuf";
import { CallerSchema, GatewaySchema } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import type { GatewayAddress } from "../../config/resolve-client.ts";
import { defineCommand, type Invocation } from "../command/command.ts";
import { viewFailure } from "../failure-view.ts";
import { GatewayLink } from "../link/gateway-link.ts";
import { probeAddresses } from "../link/probe-addresses.ts";
import { writeTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { stateText } from "./state-text.ts";

/** What a caller may do: everything, change things, look at them, or only reach the gateway. */
type Capability = "admin" | "write" | "read-only" | "connect-only" | "unreachable";

/** What came of one address. */
interface Finding {
  readonly url: string;
  readonly source: string;
  readonly capability: Capability;
  readonly principal?: string;
  readonly scopes?: readonly string[];
  readonly version?: string;
  readonly state?: string;
  readonly latencyMs?: number;
  /** Why it is no more than that. */
  readonly problem?: string;
}

/** Tells what the caller may do at one or several gateways. */
export const command = defineCommand({
  words: [
    {
      name: "urls",
      help: "gateways to ask, beside --url; default: the one of this machine",
      optional: true,
      rest: true,
    },
  ],
  options: {},
  details: `
Changes nothing. An address is called with --token or --password, the gateway of this machine also with its own credential.
Exit code 0 when at least one gateway answers.`,
  examples: ["gateway probe", "gateway probe https://a.example:18789 http://10.0.0.7:18789 --token …"],
  async run({ words, globals, terminal }) {
    const urls = [globals.url, ...(words.urls?.split(" ") ?? [])].filter((url) => url !== undefined);
    const findings = await Promise.all((await probeAddresses(urls, globals)).map((address) => probe(address, globals)));
    const reachable = findings.some(({ capability }) => capability !== "unreachable");
    if (terminal.json) terminal.document({ reachable, gateways: findings });
    else write(terminal, findings);
    return reachable ? 0 : 1;
  },
});

async function probe(address: GatewayAddress, globals: Invocation["globals"]): Promise<Finding> {
  const { url, urlSource: source } = address;
  const link = new GatewayLink(globals, address);
  try {
    const client = await link.client();
    await client.gateway.getGateway({});
    // The first call also opens the connection; the second one alone tells how quick the gateway is.
    const startMs = performance.now();
    const { gateway = create(GatewaySchema), caller = create(CallerSchema) } = await client.gateway.getGateway({});
    const latencyMs = Math.round((performance.now() - startMs) * 10) / 10;
    const scopes = (toJson(CallerSchema, caller).scopes ?? []).map(String);
    const { principal } = caller;
    const facts = { principal, scopes, version: gateway.version, state: stateText(gateway), latencyMs };
    return { url, source, capability: capabilityOf(scopes), ...facts };
  } catch (thrown) {
    const { message, facts } = await viewFailure(thrown, address);
    const refused = facts?.code === "unauthenticated" || facts?.code === "permission_denied";
    return { url, source, capability: refused ? "connect-only" : "unreachable", problem: message };
  }
}

function capabilityOf(scopes: readonly string[]): Capability {
  if (scopes.includes("SCOPE_ADMIN")) return "admin";
  if (scopes.includes("SCOPE_WRITE")) return "write";
  return scopes.includes("SCOPE_READ") ? "read-only" : "connect-only";
}

function write(terminal: Terminal, findings: readonly Finding[]): void {
  const { green, red, yellow } = terminal.colors;
  const paint = (cell: string, { capability }: Finding): string =>
    capability === "unreachable" ? red(cell) : capability === "connect-only" ? yellow(cell) : green(cell);
  writeTable(
    terminal,
    [
      { title: "you may", cell: ({ capability }) => capability, paint },
      { title: "url", cell: ({ url }) => url },
      { title: "from", cell: ({ source }) => source },
      { title: "as", cell: ({ principal }) => principal ?? "" },
      { title: "state", cell: ({ state }) => state ?? "" },
      { title: "version", cell: ({ version }) => version ?? "" },
      { title: "ms", cell: ({ latencyMs }) => String(latencyMs ?? ""), right: true },
      { title: "problem", cell: ({ problem }) => problem ?? "", shrinks: true },
    ],
    findings,
  );
}
