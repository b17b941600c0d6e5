/** `openclaw channels capabilities`. */

import { toJson } from "@bufbuild/protobuf";
import { CapabilitiesSchema, type Channel } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { defineCommand } from "../command/command.ts";
import { CommandFailure } from "../failure-view.ts";
import { allChannels } from "../link/paging.ts";
import { writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { capabilityPairs, channelFrom, channelId, channelWord } from "./channel-view.ts";

/** Shows what channels can do: one, or all. */
export const command = defineCommand({
  words: [{ ...channelWord, optional: true }],
  options: {},
  details: `
They are known once the channel was online.`,
  examples: ["channels capabilities", "channels capabilities telegram"],
  async run({ words, terminal, link }) {
    const { channels } = await link.client();
    if (words.channel === undefined) return writeAll(terminal, await allChannels(channels));
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

function writeAll(terminal: Terminal, channels: readonly Channel[]): void {
  if (terminal.json) {
    const known = channels.map(({ name, capabilities }) => {
      return { name, ...(capabilities && { capabilities: toJson(CapabilitiesSchema, capabilities) }) };
    });
    terminal.document({ channels: known });
    return;
  }
  if (channels.length === 0) terminal.note("no channels; add one with: openclaw channels add");
  for (const [index, channel] of channels.entries()) {
    if (index > 0) terminal.line("");
    const { capabilities } = channel;
    const unknown = [["can", "not known before it was online"]] as const;
    const pairs = capabilities === undefined ? unknown : capabilityPairs(capabilities);
    writePairs(terminal, [["channel", channelId(channel)], ...pairs]);
  }
}
