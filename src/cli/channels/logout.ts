/** `openclaw channels logout`. */

import { create, toJson } from "@bufbuild/protobuf";
import { ChannelSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { defineCommand } from "../command/command.ts";
import { accountOption, channelFrom, channelId, channelWord } from "./channel-view.ts";

/** Ends the session on the network, forgets what the login left, and stops the channel. */
export const command = defineCommand({
  words: [channelWord],
  options: { account: accountOption },
  async run({ options, words, terminal, link }) {
    const { channels } = await link.client();
    const name = channelFrom(words.channel, options.account);
    const { channel = create(ChannelSchema, { name }) } = await channels.logOutChannel({ name });
    if (terminal.json) return terminal.document(toJson(ChannelSchema, channel));
    terminal.line(`${channelId(channel)} is logged out and stopped`);
  },
});
