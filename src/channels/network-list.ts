/** The networks this gateway can be on. One is loaded when the first channel of it is configured, and not before. */

import type { ChannelSettings } from "../core/channel/channel-settings.ts";
import { MisconfiguredError, type Network } from "../core/channel/network.ts";

/** By kind, each from a folder of its own. A new network is one line here. */
const networks: Readonly<Record<string, () => Promise<Network>>> = {
  telegram: async () => (await import("./telegram/telegram-network.ts")).telegramNetwork,
  discord: async () => (await import("./discord/discord-network.ts")).discordNetwork,
  webhook: async () => (await import("./webhook/webhook-network.ts")).webhookNetwork,
  email: async () => (await import("./email/email-network.ts")).emailNetwork,
  irc: async () => (await import("./irc/irc-network.ts")).ircNetwork,
  matrix: async () => (await import("./matrix/matrix-network.ts")).matrixNetwork,
  xmpp: async () => (await import("./xmpp/xmpp-network.ts")).xmppNetwork,
  slack: async () => (await import("./slack/slack-network.ts")).slackNetwork,
};

/** The network of a channel. Throws MisconfiguredError when this gateway has none. */
export async function loadNetwork({ kind, remote }: Pick<ChannelSettings, "kind" | "remote">): Promise<Network> {
  const load = networks[remote ? "remote" : kind];
  if (load !== undefined) return load();
  const all = Object.keys(networks).sort().join(", ");
  throw new MisconfiguredError(`this gateway knows no network "${kind}"; it knows ${all}`);
}
