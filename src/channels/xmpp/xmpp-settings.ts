/** What a connection to XMPP is told. */

import { MisconfiguredError } from "../../core/channel/network.ts";
import { isPrivateHost } from "../../lib/web/private-host.ts";

/** Settings of one account; see channels.xmpp. */
export interface XmppSettings {
  /** "claw@example.org", without a resource. */
  readonly jid: string;
  readonly password: string;
  readonly resource: string;
  /** Undefined: as the domain's SRV records say. */
  readonly host: string | undefined;
  readonly port: number;
  readonly tls: "starttls" | "direct" | "off";
  readonly tlsRejectUnauthorized: boolean;
  readonly rooms: { readonly nick: string; readonly addresses: readonly string[] };
}

interface GivenSettings {
  readonly jid?: string;
  readonly password?: string;
  readonly resource?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: XmppSettings["tls"];
  readonly tlsRejectUnauthorized?: boolean;
  readonly nick?: string;
  readonly rooms?: readonly string[];
}

/** Settings whose types were checked with the configuration, completed. Throws MisconfiguredError when one is missing or unsafe. */
export function xmppSettings(settings: unknown): XmppSettings {
  const given = settings as GivenSettings;
  const { jid, password, host, tls = "starttls" } = given;
  if (jid === undefined) throw new MisconfiguredError("channels.xmpp.jid is missing; set it, or XMPP_JID");
  if (password === undefined)
    throw new MisconfiguredError("channels.xmpp.password is missing; set it, or XMPP_PASSWORD");
  if (tls === "off" && (host === undefined || !isPrivateHost(host))) {
    throw new MisconfiguredError(
      'channels.xmpp.tls "off" shows the password to the network; it is for a private host only',
    );
  }
  return {
    jid: bareOf(jid.toLowerCase()),
    password,
    host,
    tls,
    resource: given.resource ?? "openclaw",
    port: given.port ?? (tls === "direct" ? 5223 : 5222),
    tlsRejectUnauthorized: given.tlsRejectUnauthorized ?? true,
    rooms: {
      nick: given.nick ?? localOf(jid),
      addresses: (given.rooms ?? []).map((room) => room.toLowerCase()),
    },
  };
}

/** A JID without its resource. */
export function bareOf(jid: string): string {
  return jid.split("/", 1)[0] ?? "";
}

/** What is after the first slash of a JID; empty when there is none. */
export function resourceOf(jid: string): string {
  const at = jid.indexOf("/");
  return at === -1 ? "" : jid.slice(at + 1);
}

/** What is before the @ of a JID. */
export function localOf(jid: string): string {
  return jid.split("@", 1)[0] ?? "";
}

/** The server of a JID. */
export function domainOf(jid: string): string {
  const bare = bareOf(jid);
  return bare.slice(bare.indexOf("@") + 1);
}
