/** Who can pretend to be a channel, or to speak for its network? */

import { resolveChannels } from "../../config/channels/resolve-channels.ts";
import type { Check, Problem } from "../care/check.ts";

type Account = ReturnType<typeof resolveChannels>[number];

/** Networks that call us: what proves that it is them, and whether it is needed. */
const secrets: Readonly<Record<string, { key: string; needed: (network: Account["network"]) => boolean }>> = {
  webhook: { key: "secret", needed: () => true },
  telegram: { key: "webhookSecret", needed: ({ webhookUrl }) => webhookUrl !== undefined },
  slack: { key: "signingSecret", needed: ({ mode }) => mode === "http" },
};

/** Channels whose network calls the gateway without proof, and channels any driver may be. Disabled ones do not count. */
export const entrancesCheck: Check = {
  id: "entrances",
  run({ loaded }) {
    if (loaded === undefined) return [];
    const { channels, messages } = loaded.config;
    const accounts = resolveChannels(channels, { messages, environment: loaded.environment });
    return accounts
      .filter(({ enabled }) => enabled)
      .flatMap((account) => [...unproven(account), ...forgeable(account), ...anyDriver(account)]);
  },
};

/** The gateway does not connect such a channel: it is told before somebody takes that for a fault and works around it. */
function unproven({ kind, name, remote, network }: Account): Problem[] {
  const secret = remote ? undefined : secrets[kind];
  if (secret === undefined || !secret.needed(network) || network[secret.key]) return [];
  const reason = `it has no ${secret.key}: whoever knows its address could write in the name of anybody`;
  const fix = `set ${secret.key} to something long: openssl rand -hex 32`;
  return [{ severity: "error", subject: name, reason, fix }];
}

/** A mail says of itself who sent it; only the server that took it in knows better. */
function forgeable({ kind, name, remote, network }: Account): Problem[] {
  const checked = network.authservId !== undefined && network.requireAuthenticated !== false;
  if (kind !== "email" || remote || checked) return [];
  const reason = "senders of mails are not checked: anybody can write in the name of somebody who is let in";
  const fix = "set authservId to the name your mail server signs Authentication-Results with";
  return [{ severity: "warning", subject: name, reason, fix }];
}

function anyDriver({ name, remote, network }: Account): Problem[] {
  if (!remote || network.driverPrincipal !== undefined) return [];
  const reason = "every token and device with the scope node may be this channel, and read and write what goes over it";
  const fix = `name the one that is, e.g. openclaw config set channels.${name.slice("channels/".length).split(":")[0]}.driverPrincipal tokens/<token>`;
  return [{ severity: "info", subject: name, reason, fix }];
}
