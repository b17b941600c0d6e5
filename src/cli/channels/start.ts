/** `openclaw channels start`. */

import { create, toJson } from "@bufbuild/protobuf";
import { ChannelSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { defineCommand } from "../command/command.ts";
import { accountOption, channelFrom, channelId, channelWord } from "./channel-view.ts";

/** Connects a channel that is stopped, held back, or waits to try again. */
export const command = defineCommand({
  words: [channelWord],
  options: { account: accountOption },
  async run({ options, words, terminal, link }) {
    const { channels } = await link.client();
    const name = channelFrom(words.channel, options.account);
    const { channel = create(ChannelSchema, { name }) } = await channels.startChannel({ name });
    if (terminal.json) return terminal.document(toJson(ChannelSchema, channel));
    terminal.line(`${channelId(channel)} connects`);
  },
});
