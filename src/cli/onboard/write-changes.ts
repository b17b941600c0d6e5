/** Writes the configuration: through the gateway that runs, which then applies it, or into the file when none does. */

import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { ConfigChange_Outcome as Outcome } from "../../../gen/openclaw/gateway/v1/config_pb.ts";
import { ConfigDocument } from "../../config/document/config-document.ts";
import type { ConfigEdit } from "../../config/edit/edit-text.ts";
import { withEnvironmentFile } from "../../config/environment.ts";
import { setEnvironmentVariables } from "../../config/file/environment-file.ts";
import { formatPath } from "../../config/file/json5-source.ts";
import { resolveGateway } from "../../config/resolve-gateway.ts";
import { systemClock } from "../../lib/clock.ts";
import type { GatewayOwner } from "../../supervisor/gateway-owner.ts";
import type { GatewayLink } from "../link/gateway-link.ts";
import type { LocalGateway } from "../service/local-gateway.ts";
import type { Changes } from "./plan-changes.ts";

const note = "openclaw onboard";
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
export async function writeChanges(changes: Changes, writer: Writer): Promise<WrittenChanges> {
  const { edits } = changes;
  const variables = await setEnvironmentVariables(writer.local.stateDir, changes.variables);
  // A gateway that runs knows the variables it was started with, and would refuse what needs the new ones.
  const asks = writer.owner?.url !== undefined && variables.length === 0;
  if (edits.length > 0) await (asks ? askGateway(edits, writer) : writeFile(edits, writer));
  return { keys: edits.map(({ path }) => formatPath(path)), variables };
}

async function writeFile(edits: readonly ConfigEdit[], { local }: Writer): Promise<void> {
  // Variables that were written just now are part of what is checked.
  const surroundings = withEnvironmentFile(local.surroundings);
  const document = new ConfigDocument({ surroundings, clock: systemClock, check: (loaded) => resolveGateway(loaded) });
  await document.change(() => edits, { author: note });
}

async function askGateway(edits: readonly ConfigEdit[], { local, link, owner }: Writer): Promise<void> {
  const { config } = await link.client();
  const wanted = edits.map(({ path, value }) => ({
    path: formatPath(path),
    value: fromJson(ValueSchema, value as JsonValue),
  }));
  const { changes } = await config.updateConfig({ edits: wanted, note });
  if (changes.some(({ outcome }) => outcome === Outcome.RESTARTING)) await local.waitUntilReady(readyMs, owner);
}
