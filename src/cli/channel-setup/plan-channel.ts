/** What is written for a channel, and where: its keys into the configuration, its secrets beside it. */

import { isDeepStrictEqual } from "node:util";
import { requirePath } from "../../config/document/config-view.ts";
import type { ConfigEdit } from "../../config/edit/edit-text.ts";
import { valueAtPath } from "../../config/edit/key-path.ts";
import { channelEdits, channelPlace, isSecretKey, type KnownAccount, type WantedChannel } from "./channel-edits.ts";

/** What the plan goes by. */
export interface ChannelGround {
  /** The configuration as it is written; undefined without a file. */
  readonly written: unknown;
  /** Accounts that are configured. */
  readonly known: readonly (KnownAccount & { readonly enabled: boolean })[];
  /** Secrets go into the configuration itself, and not to .env. */
  readonly secretsInConfig: boolean;
}

/** What is written: what is there already is not in it. */
export interface ChannelPlan {
  readonly edits: readonly ConfigEdit[];
  /** For .env in the state folder. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Plans it. Throws a UsageError for what is no kind, and a ConfigError for what is no key. */
export function planChannel(channel: WantedChannel, { written, known, secretsInConfig }: ChannelGround): ChannelPlan {
  const place = `${channelPlace(channel)}.`;
  const variables: Record<string, string> = {};
  const isOn = known.some(({ kind, account, enabled }) => {
    return kind === channel.kind && account === (channel.account ?? "default") && enabled;
  });
  const planned = channelEdits(channel, known).flatMap(({ path, value }): ConfigEdit[] => {
    const key = path.startsWith(place) ? path.slice(place.length) : "";
    if (key === "enabled" && isOn) return [];
    const isPlain = typeof value === "string" && isSecretKey(key) && !/\$\{\w+\}/.test(value);
    if (!isPlain || secretsInConfig) return [{ path: requirePath(path), value }];
    const name = secretVariable(channel, key);
    variables[name] = value;
    return [{ path: requirePath(path), value: `\${${name}}` }];
  });
  const edits = planned.filter(({ path, value }) => !isDeepStrictEqual(valueAtPath(written, path), value));
  return { edits, variables };
}

/** "IRC_WORK_NICKSERV_PASSWORD" for nickserv.password of irc's account "work". */
function secretVariable({ kind, account }: WantedChannel, key: string): string {
  const words = [kind, ...(account === undefined || account === "default" ? [] : [account]), key];
  const snake = words.map((word) => word.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[^A-Za-z0-9]+/g, "_"));
  return snake.join("_").toUpperCase();
}
