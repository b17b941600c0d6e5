/** A channel somebody names, or does not even name: the rest is asked for where somebody can be asked, and named where nobody can. */

import { processSurroundings } from "../../config/environment.ts";
import { loadConfig } from "../../config/load-config.ts";
import type { Invocation } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import type { Dialog } from "../onboard/dialog.ts";
import { namesForeignGateway } from "../service/local-gateway.ts";
import { askKeys, keysNow, missingKeys } from "./ask-channel.ts";
import { channelPlace, type WantedChannel } from "./channel-edits.ts";
import { type KnownNetwork, knownNetworks } from "./network-questions.ts";

/** What was found out. */
export interface Wish {
  readonly channel: WantedChannel;
  /** A person was asked. */
  readonly asked: boolean;
}

interface Named {
  readonly kind: string | undefined;
  readonly account: string | undefined;
}

/**
 * Asks a person. Where there is none, what is set already must do: a UsageError names what is missing. A network nobody wrote
 * questions for is left to the configuration's own check.
 */
export async function wishFor(
  { kind, account }: Named,
  { terminal, globals }: Pick<Invocation, "terminal" | "globals">,
): Promise<Wish> {
  if (kind !== undefined) channelPlace({ kind, account });
  const networks = await knownNetworks();
  const given = networks.find((one) => one.kind === kind);
  if (kind !== undefined && !given?.questions.length) return { channel: { kind, account, keys: [] }, asked: false };
  // What a gateway elsewhere has is not known here.
  const foreign = namesForeignGateway(globals.url);
  const { profile, dev } = globals;
  const loaded = foreign ? undefined : await loadConfig(processSurroundings({ profile, dev }));
  const now = (network: KnownNetwork): object => (loaded ? keysNow(loaded, { kind: network.kind, account }) : {});
  if (terminal.canAsk && !terminal.json) {
    const { Dialog } = await import("../onboard/dialog.ts");
    const dialog = await Dialog.open("openclaw channels add");
    const network = given ?? (await chooseNetwork(dialog, networks));
    if (given?.hint) dialog.say(`${given.title}: ${given.hint}`);
    return {
      channel: { kind: network.kind, account, keys: await askKeys(dialog, network, now(network)) },
      asked: true,
    };
  }
  if (given === undefined) throw kindMissing(networks);
  const missing = loaded ? missingKeys(given, now(given)) : [];
  if (missing.length > 0) throw keysMissing(given, missing);
  return { channel: { kind: given.kind, account, keys: [] }, asked: false };
}

async function chooseNetwork(dialog: Dialog, networks: readonly KnownNetwork[]): Promise<KnownNetwork> {
  const choices = networks.map(({ kind, title, hint }) => ({ value: kind, label: title, hint }));
  const chosen = await dialog.choose("write to the agent on", choices[0]?.value ?? "", choices);
  return networks.find(({ kind }) => kind === chosen) as KnownNetwork;
}

/** Nobody said which network. */
function kindMissing(networks: readonly KnownNetwork[]): UsageError {
  const kinds = networks.map(({ kind }) => kind).join(", ");
  return new UsageError(`it is not said which network: ${kinds}`, "for example: openclaw channels add irc");
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
