/** Webhooks: any program that can send and take signed HTTP requests is a network. */

import type { Network } from "../../core/channel/network.ts";
import { WebhookConnection } from "./webhook-connection.ts";
import { webhookSettings } from "./webhook-settings.ts";

/** See the file's first line. */
export const webhookNetwork: Network = {
  kind: "webhook",
  connect: (settings, host) => new WebhookConnection(webhookSettings(settings), host),
};
