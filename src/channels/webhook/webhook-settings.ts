/** What a connection over webhooks is told. */

import { MisconfiguredError } from "../../core/channel/network.ts";

/** Settings of one account; see channels.webhook. */
export interface WebhookSettings {
  readonly secret: string;
  /** Where answers go; undefined for nowhere. */
  readonly url: URL | undefined;
  readonly allowPrivateNetwork: boolean;
  readonly actions: ReadonlySet<string>;
  readonly idempotent: boolean;
  readonly timeoutMs: number;
  readonly checkMs: number;
}

interface GivenSettings {
  readonly secret?: string;
  readonly url?: string;
  readonly allowPrivateNetwork?: boolean;
  readonly actions?: readonly string[];
  readonly idempotent?: boolean;
  readonly timeoutSeconds?: number;
  readonly checkSeconds?: number;
}

/** Settings whose types were checked with the configuration, completed. Throws MisconfiguredError when one is missing. */
export function webhookSettings(settings: unknown): WebhookSettings {
  const given = settings as GivenSettings;
  const { secret = "", url } = given;
  if (secret === "") {
    throw new MisconfiguredError("channels.webhook.secret is missing: without it anybody could write to us; set one");
  }
  return {
    secret,
    url: url === undefined ? undefined : new URL(url),
    allowPrivateNetwork: given.allowPrivateNetwork ?? false,
    actions: new Set(given.actions),
    idempotent: given.idempotent ?? false,
    timeoutMs: (given.timeoutSeconds ?? 30) * 1_000,
    checkMs: (given.checkSeconds ?? 30) * 1_000,
  };
}
