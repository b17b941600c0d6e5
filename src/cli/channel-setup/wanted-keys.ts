/** The keys of a channel that was named and nothing else: asked for where somebody can be asked, and named where nobody can. */

import { processSurroundings } from "../../config/environment.ts";
import { loadConfig } from "../../config/load-config.ts";
import type { Invocation } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { namesForeignGateway } from "../service/local-gateway.ts";
import { askKeys, keysNow, missingKeys } from "./ask-channel.ts";
import type { WantedChannel } from "./channel-edits.ts";
import { type KnownNetwork, knownNetworks } from "./network-questions.ts";

/** What was found out. */
export interface WantedKeys {
  readonly keys: WantedChannel["keys"];
  /** A person was asked. */
  readonly asked: boolean;
}

/**
 * Asks a person. Where there is none, what is set already must do: a UsageError names what is missing. A network nobody wrote
 * questions for is left to the configuration's own check.
 */
export async function wantedKeys(
  { kind, account }: Pick<WantedChannel, "kind" | "account">,
  { terminal, globals }: Pick<Invocation, "terminal" | "globals">,
): Promise<WantedKeys> {
  const network = (await knownNetworks()).find((one) => one.kind === kind);
  if (network === undefined || network.questions.length === 0) return { keys: [], asked: false };
  // What a gateway elsewhere has is not known here.
  const foreign = namesForeignGateway(globals.url);
  const { profile, dev } = globals;
  const now = foreign ? {} : keysNow(await loadConfig(processSurroundings({ profile, dev })), { kind, account });
  if (terminal.canAsk && !terminal.json) {
    const { Dialog } = await import("../onboard/dialog.ts");
    const dialog = await Dialog.open(`openclaw channels add ${kind}`);
    if (network.hint !== "") dialog.say(`${network.title}: ${network.hint}`);
    return { keys: await askKeys(dialog, network, now), asked: true };
  }
  const missing = foreign ? [] : missingKeys(network, now);
  if (missing.length > 0) throw keysMissing(network, missing);
  return { keys: [], asked: false };
}

function keysMissing({ kind, questions }: KnownNetwork, missing: readonly string[]): UsageError {
  const pairs = questions
    .filter(({ key }) => missing.includes(key))
    .map(({ key, secret, fallback = "…" }) => `${key}=${secret ? "-" : fallback}`);
  const secrets = pairs.some((pair) => pair.endsWith("=-")) ? " (- is a line of standard input)" : "";
  return new UsageError(
    `${kind} needs ${missing.join(", ")}`,
    `write: openclaw channels add ${kind} ${pairs.join(" ")}${secrets}; in a terminal, it asks`,
  );
}
