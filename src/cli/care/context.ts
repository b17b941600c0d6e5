/** Gathers what checks look at. */

import { readDisk } from "../../config/document/disk-reading.ts";
import { resolveGateway } from "../../config/resolve-gateway.ts";
import { commandRunner } from "../../lib/host/run-command.ts";
import type { Invocation } from "../command/command.ts";
import { LocalGateway } from "../service/local-gateway.ts";
import type { CareContext } from "./check.ts";

/** Longest time a command that tells about this machine may take, in ms. */
const commandMs = 10_000;

/** Gathers it, for the profile a command line means. Changes nothing. */
export async function gatherContext(
  { globals, link, nowMs }: Pick<Invocation, "globals" | "link" | "nowMs">,
  deep: boolean,
): Promise<CareContext> {
  const local = await LocalGateway.open(globals);
  const [{ loaded, problem }, owner, service] = await Promise.all([
    readDisk(local.surroundings, resolveGateway),
    local.owner(),
    local.service(),
  ]);
  const run = commandRunner(local.surroundings.environment, commandMs);
  return { local, loaded, problems: problem?.problems ?? [], owner, service, link, deep, nowMs, run };
}
