/** `openclaw channels status`. */

import { toJson } from "@bufbuild/protobuf";
import { type Channel, ChannelSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { ProbeSchema } from "../../../gen/openclaw/gateway/v1/channel_service_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import { readChannels } from "../channel-setup/read-channels.ts";
import { defineCommand } from "../command/command.ts";
import { channelFrom, requireChannel, type Seen, writeChannel } from "./channel-view.ts";

/** Shows how channels are, and asks their networks. */
export const command = defineCommand({
  words: [{ name: "channel", help: "only this one", optional: true }],
  options: { probe: { kind: "switch", help: "ask the networks now whether the credentials work" } },
  details: `
Exit code 1 when a probe failed. When no gateway runs on this machine, shows what the configuration says.`,
  examples: ["channels status", "channels status telegram --probe"],
  async run({ options, words, terminal, nowMs, ...rest }) {
    const wanted = words.channel === undefined ? undefined : channelFrom(words.channel);
    const { channels: all, live } = await readChannels(rest);
    const channels = wanted === undefined ? all : [requireChannel(all, wanted)];
    const seen: readonly Seen[] =
      options.probe && live
        ? await probeAll((await rest.link.client()).channels, channels)
        : channels.map((channel) => ({ channel }));
    if (terminal.json) {
      const documents = seen.map(({ channel, probe }) => {
        return { ...(toJson(ChannelSchema, channel) as object), ...(probe && { probe: toJson(ProbeSchema, probe) }) };
      });
      terminal.document({ live, channels: documents });
    } else {
      if (seen.length === 0) terminal.note("no channels; add one with: openclaw channels add");
      for (const [index, one] of seen.entries()) {
        if (index > 0) terminal.line("");
        writeChannel(terminal, one, nowMs);
      }
      if (options.probe && !live) terminal.note("nobody was asked: the gateway does not run");
    }
    return seen.some(({ probe }) => probe !== undefined && !probe.ok) ? 1 : 0;
  },
});

function probeAll(service: GatewayClient["channels"], channels: readonly Channel[]): Promise<Seen[]> {
  const probes = channels.map(async (known) => {
    const { channel = known, probe } = await service.getChannel({ name: known.name, probe: true });
    return { channel, probe };
  });
  return Promise.all(probes);
}
