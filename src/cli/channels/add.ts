/** `openclaw channels add`. */

import { channelEdits, channelPlace, pairFrom } from "../channel-setup/channel-edits.ts";
import { defineCommand } from "../command/command.ts";
import { changeOptions, termsOf, writeChange } from "../config-target/change-options.ts";
import { openTarget } from "../config-target/open-target.ts";
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
    const { account, remote } = options;
    const texts = [...(words.keys ?? "").split(/\s+/).filter(Boolean), ...options.set];
    const channel = { kind: words.kind, account, remote, keys: texts.map((text) => pairFrom(text, "--set")) };
    const place = channelPlace(channel);
    const known = account === undefined ? [] : (await readChannels(rest)).channels;
    const edits = channelEdits(channel, known);
    const target = await openTarget(rest);
    const terms = { ...termsOf(options), force: false };
    const report = await target.change({ ...terms, edits });
    writeChange(terminal, report, { did: `added ${place}`, target, dryRun: terms.dryRun });
  },
});
