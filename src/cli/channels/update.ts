/** `openclaw channels update`. */

import { create, toJson } from "@bufbuild/protobuf";
import { type Channel, ChannelSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { defineCommand, type OptionValues } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { accountOption, channelFrom, channelId, channelWord, writeChannel } from "./channel-view.ts";

const updateOptions = {
  account: accountOption,
  enable: { kind: "switch", help: "connect it, now and from now on" },
  disable: { kind: "switch", help: "do not connect it any more" },
  title: { kind: "text", value: "text", help: "what to call it; empty: who we are on the network" },
  etag: { kind: "text", value: "etag", help: "fail if the channel changed since it had this etag" },
} as const;

type Options = OptionValues<typeof updateOptions>;

/** Changes what was given in the configuration of the gateway that runs, and nothing else. */
export const command = defineCommand({
  words: [channelWord],
  options: updateOptions,
  details: `
It is written into the configuration, whose history says who did it: see openclaw config history.
To disconnect a channel without that, use channels stop. Other settings, and any while no gateway runs, are changed with config set.`,
  examples: ['channels update telegram --title "The family bot"', "channels update irc:work --disable"],
  async run({ options, words, terminal, link, nowMs }) {
    const name = channelFrom(words.channel, options.account);
    const { paths, ...values } = changeFrom(options);
    if (paths.length === 0) throw new UsageError("there is nothing to change", "see: openclaw channels update --help");
    const { channelSettings } = await link.client();
    const { channel = create(ChannelSchema, { name }) } = await channelSettings.updateChannel({
      channel: { ...values, name, etag: options.etag },
      updateMask: { paths: [...paths] },
    });
    if (terminal.json) return terminal.document(toJson(ChannelSchema, channel));
    writeChannel(terminal, { channel }, nowMs);
    if (isInForce(channel, values)) return;
    terminal.note(`written, but not in force for ${channelId(channel)} yet; see: openclaw config plan`);
  },
});

interface Change {
  readonly enabled?: boolean;
  readonly title?: string;
  readonly paths: readonly string[];
}

function changeFrom({ enable, disable, title }: Options): Change {
  if (enable && disable) throw new UsageError("--enable and --disable contradict each other", "leave one of them out");
  const values = { ...((enable || disable) && { enabled: enable }), ...(title !== undefined && { title }) };
  return { ...values, paths: Object.keys(values) };
}

function isInForce(channel: Channel, { enabled, title }: Omit<Change, "paths">): boolean {
  return (enabled ?? channel.enabled) === channel.enabled && (title || channel.title) === channel.title;
}
