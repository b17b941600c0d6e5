/** What a connection to IRC is told. */

import { MisconfiguredError } from "../../core/channel/network.ts";

/** Settings of one account; see channels.irc. */
export interface IrcSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly tlsRejectUnauthorized: boolean;
  readonly nick: string;
  readonly username: string;
  readonly realname: string;
  readonly password: string | undefined;
  readonly sasl: { readonly account: string; readonly password: string } | undefined;
  readonly nickserv: { readonly service: string; readonly password: string } | undefined;
  /** "#name" or "#name key". */
  readonly channels: readonly string[];
  readonly messagesPerSecond: number;
}

type GivenSettings = Partial<Omit<IrcSettings, "sasl" | "nickserv">> & {
  readonly sasl?: { readonly account?: string; readonly password?: string };
  readonly nickserv?: { readonly service?: string; readonly password?: string };
};

/** Settings whose types were checked with the configuration, completed. Throws MisconfiguredError when one is missing. */
export function ircSettings(settings: unknown): IrcSettings {
  const given = settings as GivenSettings;
  const { host, nick, tls = true, sasl, nickserv } = given;
  if (host === undefined) throw new MisconfiguredError("channels.irc.host is missing; set it, or IRC_HOST");
  if (nick === undefined) throw new MisconfiguredError("channels.irc.nick is missing; set it, or IRC_NICK");
  return {
    host,
    nick,
    tls,
    port: given.port ?? (tls ? 6697 : 6667),
    tlsRejectUnauthorized: given.tlsRejectUnauthorized ?? true,
    username: given.username ?? (nick.replace(/[^A-Za-z0-9._-]/g, "").slice(0, 10) || "openclaw"),
    realname: given.realname ?? "OpenClaw",
    password: given.password,
    sasl: sasl && { account: sasl.account ?? nick, password: passwordOf(sasl, "sasl") },
    nickserv: nickserv && { service: nickserv.service ?? "NickServ", password: passwordOf(nickserv, "nickserv") },
    channels: given.channels ?? [],
    messagesPerSecond: given.messagesPerSecond ?? 2,
  };
}

function passwordOf({ password }: { readonly password?: string }, key: "sasl" | "nickserv"): string {
  if (password !== undefined) return password;
  throw new MisconfiguredError(`channels.irc.${key}.password is missing; set it, or leave channels.irc.${key} out`);
}
