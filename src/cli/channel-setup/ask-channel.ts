/** Asks on which network the first channel is to be, and what that network has to know. */

import { resolveChannels } from "../../config/channels/resolve-channels.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import type { Dialog } from "../onboard/dialog.ts";
import { pairFrom, type WantedChannel } from "./channel-edits.ts";
import { type KnownNetwork, knownNetworks, type NetworkQuestion } from "./network-questions.ts";

const notNow = "";

/** Undefined when it is not to be now. What is set already is proposed, or kept by an empty answer. */
export async function askChannel(dialog: Dialog, loaded: LoadedConfig): Promise<WantedChannel | undefined> {
  const { config, environment } = loaded;
  const there = resolveChannels(config.channels, { messages: config.messages, environment });
  const networks = await knownNetworks();
  const none =
    there.length === 0 ? "not now" : `keep ${there.map(({ name }) => name.slice("channels/".length)).join(", ")}`;
  const chosen = await dialog.choose("write to the agent on", notNow, [
    { value: notNow, label: none },
    ...networks.map(({ kind, title, hint }) => ({ value: kind, label: title, hint })),
  ]);
  const network = networks.find(({ kind }) => kind === chosen);
  if (network === undefined) return undefined;
  const keys = await askKeys(dialog, network, keysNow(loaded, { kind: network.kind, account: undefined }));
  return { kind: network.kind, account: undefined, keys };
}

/** The network's own keys as they are for an account now, variables included; empty for one that is not configured. */
export function keysNow(
  { config, environment }: LoadedConfig,
  { kind, account = "default" }: Pick<WantedChannel, "kind" | "account">,
): object {
  // A channel nobody wrote down yet may have all it needs in variables.
  const channels = kind in config.channels ? config.channels : { ...config.channels, [kind]: {} };
  const there = resolveChannels(channels, { messages: config.messages, environment });
  return there.find((one) => one.kind === kind && one.account === account)?.network ?? {};
}

/** Keys the network cannot do without that are not set. */
export function missingKeys({ questions }: KnownNetwork, now: object): string[] {
  return questions.filter(({ key, optional }) => !optional && setAt(now, key) === undefined).map(({ key }) => key);
}

type Keys = (readonly [key: string, text: string])[];

/** Asks for the keys of a network. What is set already is proposed, or kept by an empty answer. */
export async function askKeys(dialog: Dialog, { kind, questions }: KnownNetwork, now: unknown): Promise<Keys> {
  if (questions.length === 0) return await askPairs(dialog, kind);
  const keys: Keys = [];
  for (const question of questions) {
    const answer = await askKey(dialog, question, setAt(now, question.key));
    if (answer !== undefined) keys.push([question.key, answer]);
  }
  return keys;
}

/** Undefined keeps what is there. */
async function askKey(dialog: Dialog, question: NetworkQuestion, now: string | undefined): Promise<string | undefined> {
  const { text, secret = false, optional = false, fallback = "" } = question;
  if (!secret) {
    const answer = await dialog.text(text, now ?? fallback);
    return answer === now ? undefined : answer;
  }
  const message = now === undefined ? text : `${text} (nothing keeps the one that is set)`;
  const answer = await dialog.secret(message, optional || now !== undefined);
  return answer === "" ? undefined : answer;
}

/** For a network nobody wrote questions for. */
async function askPairs(dialog: Dialog, kind: string): Promise<Keys> {
  const text = `its keys, key=value each (see: openclaw config schema channels.${kind})`;
  const answer = await dialog.text(text, "", (typed) => {
    const wrong = typed.split(/\s+/).find((pair) => !/^[^=]+=/.test(pair));
    return wrong === undefined ? undefined : `"${wrong}" is no key=value`;
  });
  return answer.split(/\s+/).map((pair) => pairFrom(pair, "openclaw channels add --set"));
}

function setAt(now: unknown, key: string): string | undefined {
  let found = now;
  for (const part of key.split(".")) found = (Object(found) as Record<string, unknown>)[part];
  return typeof found === "string" && found !== "" ? found : undefined;
}
