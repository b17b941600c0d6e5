/** Discord, as the gateway knows it. */

import type { Network } from "../../core/channel/network.ts";
import { DiscordConnection } from "./discord-connection.ts";
import { discordSettings } from "./discord-settings.ts";

/** See `Network`. */
export const discordNetwork: Network = {
  kind: "discord",
  connect: (settings, host) => new DiscordConnection(discordSettings(settings), host),
};
