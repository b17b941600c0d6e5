/** `openclaw channels add`. */

import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { changeOptions, termsOf, writeChange } from "../config-target/change-options.ts";
import type { WantedEdit } from "../config-target/config-target.ts";
import { openTarget } from "../config-target/open-target.ts";
import { readTypedValue } from "../config-target/typed-value.ts";
import { readChannels } from "./read-channels.ts";

/** Writes a channel into the configuration; a gateway that runs connects it at once. */
export const command = defineCommand({
  words: [
    { name: "kind", help: "the network: irc, telegram, …" },
    { name: "keys", help: "its keys, key=value each: host=irc.libera.chat nick=claw", optional: true, rest: true },
  ],
  options: {
    account: { kind: "text", value: "id", help: "add it as this account, beside others" },
    set: { kind: "list", value: "key=value", help: "the same as a key, for values with spaces" },
    remote: { kind: "switch", help: "a program outside the gateway is the channel" },
    ...changeOptions,
  },
  details: `
Keys are those of channels.<kind>, see: openclaw config schema channels.irc. Secrets are better set as variables: without a key
for it, channels.telegram.botToken comes from TELEGRAM_BOT_TOKEN.`,
  examples: [
    "channels add irc host=irc.libera.chat nick=claw --set 'channels=[\"#openclaw\"]'",
    "channels add irc --account work host=irc.work.example nick=claw dmPolicy=allowlist",
    "channels add mychat --remote",
  ],
  async run({ options, words, terminal, ...rest }) {
    const { kind, keys = "" } = words;
    const { account } = options;
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(kind)) throw new UsageError(`"${kind}" is no kind of channel`, "e.g. irc");
    const place = account === undefined ? `channels.${kind}` : `channels.${kind}.accounts[${JSON.stringify(account)}]`;
    const pairs = [...keys.split(/\s+/).filter(Boolean), ...options.set].map(pairFrom);
    const edits: WantedEdit[] = [
      ...(await keptAccount(kind, account, rest)),
      ...(options.remote ? [{ path: `channels.${kind}.driver`, value: "remote" }] : []),
      { path: `${place}.enabled`, value: true },
      ...pairs.map(([key, value]) => ({ path: `${place}.${key}`, value: readTypedValue(value, false) })),
    ];
    const target = await openTarget(rest);
    const terms = { ...termsOf(options), force: false };
    const report = await target.change({ ...terms, edits });
    writeChange(terminal, report, { did: `added ${place}`, target, dryRun: terms.dryRun });
  },
});

/** A channel that has no accounts becomes one of several: it stays the default account. */
async function keptAccount(
  kind: string,
  account: string | undefined,
  rest: Parameters<typeof readChannels>[0],
): Promise<WantedEdit[]> {
  if (account === undefined || account === "default") return [];
  const { channels } = await readChannels(rest);
  const sole = channels.some((channel) => channel.kind === kind && channel.account === "default");
  return sole ? [{ path: `channels.${kind}.accounts.default.enabled`, value: true }] : [];
}

function pairFrom(text: string): readonly [key: string, value: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`"${text}" is no key=value`, "write for example nick=claw; values with spaces with --set");
}
