/** The channels of a gateway that is up, for the end of a set-up. */

import { Channel_StateSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import { gatewayErrorFrom } from "../../client/gateway-error.ts";
import { allChannels } from "../link/paging.ts";
import { enumWord } from "../terminal/enum-word.ts";
import { plainLine } from "../terminal/plain-text.ts";

/** "channels/irc online", by name; none for a gateway that knows of no channels. */
export async function listChannels({ channels: service }: GatewayClient): Promise<string[]> {
  try {
    const channels = await allChannels(service);
    return channels.map(({ name, state }) => plainLine(`${name} ${enumWord(Channel_StateSchema, state)}`));
  } catch (thrown) {
    if (gatewayErrorFrom(thrown).reason === "METHOD_UNKNOWN") return [];
    throw thrown;
  }
}
