/** XMPP: any server, with a client of our own, since what people say must be acknowledged when it is kept and not before. */

import type { Network } from "../../core/channel/network.ts";
import { XmppConnection } from "./xmpp-connection.ts";
import { xmppSettings } from "./xmpp-settings.ts";

/** See the file's first line. */
export const xmppNetwork: Network = {
  kind: "xmpp",
  connect: (settings, host) => new XmppConnection(xmppSettings(settings), host),
};
