/** From what somebody says of a channel to what is written into the configuration. */

import { isSensitiveName } from "../../lib/log/secret-patterns.ts";
import { UsageError } from "../command/usage-error.ts";
import type { WantedEdit } from "../config-target/config-target.ts";
import { readTypedValue } from "../config-target/typed-value.ts";

/** A channel that is to be there. */
export interface WantedChannel {
  /** The network: "irc". */
  readonly kind: string;
  /** Undefined for the only, or the default, account. */
  readonly account: string | undefined;
  /** Its keys as in the configuration, and their values as people type them. */
  readonly keys: readonly (readonly [key: string, text: string])[];
  /** A program outside the gateway is the channel. */
  readonly remote?: boolean;
}

/** An account that is configured already. */
export interface KnownAccount {
  readonly kind: string;
  readonly account: string;
}

/** The edits, in their order. Throws a UsageError for what is no kind. */
export function channelEdits(channel: WantedChannel, known: readonly KnownAccount[]): WantedEdit[] {
  const { kind, remote, keys } = channel;
  const place = channelPlace(channel);
  return [
    ...keptAccount(channel, known),
    ...(remote ? [{ path: `channels.${kind}.driver`, value: "remote" }] : []),
    { path: `${place}.enabled`, value: true },
    ...keys.map(([key, text]) => ({ path: `${place}.${key}`, value: typedValue(key, text) })),
  ];
}

/** Where it is in the configuration: "channels.irc". Throws a UsageError for what is no kind. */
export function channelPlace({ kind, account }: Pick<WantedChannel, "kind" | "account">): string {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(kind)) throw new UsageError(`"${kind}" is no kind of channel`, "e.g. irc");
  return account === undefined ? `channels.${kind}` : `channels.${kind}.accounts[${JSON.stringify(account)}]`;
}

/** "key=value" taken apart. Throws a UsageError; `option` is where a value with spaces can be given. */
export function pairFrom(text: string, option: string): readonly [key: string, text: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`"${text}" is no key=value`, `write for example nick=claw; values with spaces with ${option}`);
}

/** True for a key whose value nobody should see: "botToken", "nickserv.password". */
export function isSecretKey(key: string): boolean {
  return isSensitiveName(key.slice(key.lastIndexOf(".") + 1));
}

/** A password may look like a number, and is none. */
function typedValue(key: string, text: string): unknown {
  const value = readTypedValue(text, false);
  return isSecretKey(key) && (typeof value !== "object" || value === null) ? text : value;
}

/** A channel that has no accounts becomes one of several: it stays the default account. */
function keptAccount({ kind, account }: WantedChannel, known: readonly KnownAccount[]): WantedEdit[] {
  if (account === undefined || account === "default") return [];
  const sole = known.some((one) => one.kind === kind && one.account === "default");
  return sole ? [{ path: `channels.${kind}.accounts.default.enabled`, value: true }] : [];
}
