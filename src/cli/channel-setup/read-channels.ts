/** Channels: those of the gateway that runs, or, when none runs here, what the configuration says. */

import { create } from "@bufbuild/protobuf";
import { type Channel, Channel_State, ChannelSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { resolveChannels } from "../../config/channels/resolve-channels.ts";
import { processSurroundings } from "../../config/environment.ts";
import { loadConfig } from "../../config/load-config.ts";
import type { Invocation } from "../command/command.ts";
import { allChannels } from "../link/paging.ts";
import { LocalGateway, namesForeignGateway } from "../service/local-gateway.ts";

/** By name; `live` is false when nobody was asked. */
export async function readChannels({
  globals,
  link,
}: Pick<Invocation, "globals" | "link">): Promise<{ channels: Channel[]; live: boolean }> {
  if (namesForeignGateway(globals.url) || (await runsHere(globals))) {
    const service = (await link.client()).channels;
    return { channels: await allChannels(service), live: true };
  }
  const { profile, dev } = globals;
  const { config, environment } = await loadConfig(processSurroundings({ profile, dev }));
  const settings = resolveChannels(config.channels, { messages: config.messages, environment });
  const channels = settings.map(({ name, kind, account, enabled, title, remote, access }) => {
    const stateReason = enabled ? "the gateway does not run" : "disabled in the configuration";
    const { dmPolicy, groupPolicy } = access;
    const state = Channel_State.STOPPED;
    return create(ChannelSchema, {
      name,
      kind,
      account,
      enabled,
      title,
      remote,
      dmPolicy,
      groupPolicy,
      state,
      stateReason,
    });
  });
  return { channels, live: false };
}

async function runsHere(globals: Invocation["globals"]): Promise<boolean> {
  const local = await LocalGateway.open(globals);
  return (await local.owner())?.url !== undefined;
}
