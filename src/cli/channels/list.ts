/** `openclaw channels list`. */

import { toJson } from "@bufbuild/protobuf";
import { ChannelSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { readChannels } from "../channel-setup/read-channels.ts";
import { defineCommand } from "../command/command.ts";
import { writeTable } from "../terminal/table.ts";
import { channelColumns } from "./channel-view.ts";

/** Lists configured channels and how they are. */
export const command = defineCommand({
  words: [],
  options: {},
  details: `
When no gateway runs on this machine, lists what the configuration says.`,
  examples: ["channels list", "channels list --json"],
  async run({ terminal, nowMs, ...rest }) {
    const { channels, live } = await readChannels(rest);
    if (terminal.json) {
      return terminal.document({ live, channels: channels.map((one) => toJson(ChannelSchema, one)) });
    }
    if (channels.length === 0) return terminal.note("no channels; add one with: openclaw channels add");
    writeTable(terminal, channelColumns(terminal, nowMs), channels);
  },
});
