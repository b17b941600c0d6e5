/** Slack, as the gateway knows it. */

import type { Network } from "../../core/channel/network.ts";
import { SlackConnection } from "./slack-connection.ts";
import { slackSettings } from "./slack-settings.ts";

/** See `Network`. */
export const slackNetwork: Network = {
  kind: "slack",
  connect: (settings, host) => new SlackConnection(slackSettings(settings), host),
};
