/** `openclaw channels capabilities`. */

import { toJson } from "@bufbuild/protobuf";
import { CapabilitiesSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { defineCommand } from "../command/command.ts";
import { CommandFailure } from "../failure-view.ts";
import { writePairs } from "../terminal/table.ts";
import { capabilityPairs, channelFrom, channelWord } from "./channel-view.ts";

/** Shows what a channel can do. */
export const command = defineCommand({
  words: [channelWord],
  options: {},
  details: `
They are known once the channel was online.`,
  async run({ words, terminal, link }) {
    const { channels } = await link.client();
    const { channel } = await channels.getChannel({ name: channelFrom(words.channel) });
    const capabilities = channel?.capabilities;
    if (capabilities === undefined) {
      throw new CommandFailure(
        `${words.channel} was never online, so that nobody knows`,
        "see: openclaw channels status",
      );
    }
    if (terminal.json) return terminal.document(toJson(CapabilitiesSchema, capabilities));
    writePairs(terminal, capabilityPairs(capabilities));
  },
});
