/** `openclaw channels remove`. */

import { readChannels } from "../channel-setup/read-channels.ts";
import { defineCommand } from "../command/command.ts";
import { changeOptions, forceOption, termsOf, writeChange } from "../config-target/change-options.ts";
import type { WantedEdit } from "../config-target/config-target.ts";
import { openTarget } from "../config-target/open-target.ts";
import { confirm, yesOption } from "../terminal/confirm.ts";
import { accountOption, channelFrom, channelWord, requireChannel } from "./channel-view.ts";

/** Disables a channel in the configuration, or takes it out of it. */
export const command = defineCommand({
  words: [channelWord],
  options: {
    account: accountOption,
    delete: { kind: "switch", help: "take its settings out of the configuration, not only disable it" },
    yes: yesOption,
    ...changeOptions,
    ...forceOption,
  },
  details: `
A gateway that runs disconnects it first. Conversations and what was said stay.`,
  examples: ["channels remove irc", "channels remove irc:work --delete --yes"],
  async run({ options, words, terminal, ...rest }) {
    const name = channelFrom(words.channel, options.account);
    const { channels } = await readChannels(rest);
    const { kind, account } = requireChannel(channels, name);
    const several = channels.filter((one) => one.kind === kind).length > 1;
    const place = several ? `channels.${kind}.accounts[${JSON.stringify(account)}]` : `channels.${kind}`;
    if (options.delete && !options["dry-run"]) await confirm(terminal, options.yes, `delete ${place}?`);
    const edit: WantedEdit = options.delete
      ? { path: place, value: undefined }
      : { path: `${place}.enabled`, value: false };
    const target = await openTarget(rest);
    const terms = termsOf(options);
    const report = await target.change({ ...terms, edits: [edit] });
    const did = options.delete ? `deleted ${place}` : `disabled ${place}`;
    writeChange(terminal, report, { did, target, dryRun: terms.dryRun });
  },
});
