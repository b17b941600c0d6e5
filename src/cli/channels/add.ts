/** `openclaw channels add`. */

import { awaitChannel } from "../channel-setup/await-channel.ts";
import { channelEdits, channelPlace, pairFrom } from "../channel-setup/channel-edits.ts";
import { hiddenValuesHelp, takeHiddenValues } from "../channel-setup/hidden-values.ts";
import { readChannels } from "../channel-setup/read-channels.ts";
import { tellTrial } from "../channel-setup/trial-view.ts";
import { type Wish, wishFor } from "../channel-setup/wanted-channel.ts";
import { defineCommand } from "../command/command.ts";
import { changeOptions, termsOf, writeChange } from "../config-target/change-options.ts";
import { openTarget } from "../config-target/open-target.ts";

/** Writes a channel into the configuration; a gateway that runs connects it at once. */
export const command = defineCommand({
  words: [
    { name: "kind", help: "the network: irc, telegram, …; asked for in a terminal", optional: true },
    { name: "keys", help: "its keys, key=value each: host=irc.libera.chat nick=claw", optional: true, rest: true },
  ],
  options: {
    account: { kind: "text", value: "id", help: "add it as this account, beside others" },
    set: { kind: "list", value: "key=value", help: "the same as a key, for values with spaces" },
    remote: { kind: "switch", help: "a program outside the gateway is the channel" },
    ...changeOptions,
  },
  details: `
Without keys, it asks for what the network needs, in a terminal; when a gateway runs, it then says how the first connection went,
with exit code 1 when the channel is not online.
Keys are those of channels.<kind>, see: openclaw config schema channels.irc.
${hiddenValuesHelp}
Without a key for it, channels.telegram.botToken comes from the variable TELEGRAM_BOT_TOKEN.`,
  examples: [
    "channels add irc",
    "channels add irc host=irc.libera.chat nick=claw --set 'channels=[\"#openclaw\"]'",
    "channels add telegram botToken=@token.txt",
    "channels add irc --account work host=irc.work.example nick=claw dmPolicy=allowlist",
    "channels add mychat --remote",
  ],
  async run({ options, words, terminal, ...rest }) {
    const { account, remote } = options;
    const { kind } = words;
    const texts = [...(words.keys ?? "").split(/\s+/).filter(Boolean), ...options.set];
    const pairs = texts.map((text) => pairFrom(text, "--set"));
    const given = await takeHiddenValues(pairs, terminal);
    const isTold = kind !== undefined && (remote || given.length > 0);
    const { channel: wish, asked }: Wish = isTold
      ? { channel: { kind, account, keys: [] }, asked: false }
      : await wishFor({ kind, account }, { terminal, globals: rest.globals });
    const channel = { ...wish, remote, keys: [...wish.keys, ...given] };
    const place = channelPlace(channel);
    const known = account === undefined ? [] : (await readChannels(rest)).channels;
    const edits = channelEdits(channel, known);
    const target = await openTarget(rest);
    const terms = { ...termsOf(options), force: false };
    const report = await target.change({ ...terms, edits });
    writeChange(terminal, report, { did: `added ${place}`, target, dryRun: terms.dryRun });
    if (!asked || terms.dryRun || target.kind === "file") return 0;
    const trial = await awaitChannel(await rest.link.client(), channel);
    tellTrial(terminal, trial);
    return trial.online ? 0 : 1;
  },
});
