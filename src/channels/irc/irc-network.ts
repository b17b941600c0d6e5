/** IRC: any network that speaks RFC 1459 or 2812, with the parts of IRCv3 a server has. */

import type { Network } from "../../core/channel/network.ts";
import { IrcConnection } from "./irc-connection.ts";
import { ircSettings } from "./irc-settings.ts";

/** See the file's first line. */
export const ircNetwork: Network = {
  kind: "irc",
  connect: (settings, host) => new IrcConnection(ircSettings(settings), host),
};
