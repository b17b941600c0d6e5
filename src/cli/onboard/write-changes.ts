/** Writes the configuration: through the gateway that runs, which then applies it, or into the file when none does. */

import { setEnvironmentVariables } from "../../config/file/environment-file.ts";
import { formatPath } from "../../config/file/json5-source.ts";
import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import type { ChangeTerms } from "../config-target/config-target.ts";
import { FileTarget } from "../config-target/file-target.ts";
import { LiveTarget } from "../config-target/live-target.ts";
import type { GatewayLink } from "../link/gateway-link.ts";
import type { LocalGateway } from "../service/local-gateway.ts";
import type { Changes } from "./plan-changes.ts";

const terms: ChangeTerms = {
  dryRun: false,
  force: false,
  note: "openclaw onboard",
  etag: undefined,
  confirmWithinMs: undefined,
};
const readyMs = 60_000;

/** Who writes. */
export interface Writer {
  readonly local: LocalGateway;
  readonly link: GatewayLink;
  /** The gateway that runs; undefined when none does. */
  readonly owner: GatewayOwner | undefined;
}

/** What was written. */
export interface WrittenChanges {
  /** Keys of the configuration. */
  readonly keys: readonly string[];
  /** Names of variables in .env. */
  readonly variables: readonly string[];
}

/** Writes variables first: what the configuration says may name them. Fails with a ConfigError, and as the gateway does. */
export async function writeChanges(changes: Changes, { local, link, owner }: Writer): Promise<WrittenChanges> {
  const variables = await setEnvironmentVariables(local.stateDir, changes.variables);
  const edits = changes.edits.map(({ path, value }) => ({ path: formatPath(path), value }));
  if (edits.length > 0) {
    // A gateway that runs knows the variables it was started with, and would refuse what needs the new ones.
    const asks = owner?.url !== undefined && variables.length === 0;
    const target = asks ? new LiveTarget((await link.client()).config) : new FileTarget({ profile: local.profile });
    const { changes: done } = await target.change({ ...terms, edits });
    if (done.some(({ outcome }) => outcome === "restarting")) await local.waitUntilReady(readyMs, owner);
  }
  return { keys: edits.map(({ path }) => path), variables };
}
