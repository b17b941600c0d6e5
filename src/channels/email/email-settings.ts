/** What a connection to a mailbox is told. */

import { MisconfiguredError } from "../../core/channel/network.ts";
import { isPrivateHost } from "../../lib/web/private-host.ts";

/** One server and how to log in there. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly tls: "direct" | "starttls" | "off";
  readonly rejectUnauthorized: boolean;
  readonly user: string;
  readonly password: string;
}

/** Settings of one account; see channels.email. */
export interface EmailSettings {
  /** "claw@example.org", in lower case. */
  readonly address: string;
  readonly displayName: string;
  readonly imap: MailServer;
  readonly smtp: MailServer;
  /** Folder that is read. */
  readonly mailbox: string;
  readonly markSeen: boolean;
  readonly maxMailBytes: number;
  /** Whose Authentication-Results are believed; undefined leaves senders unchecked. */
  readonly authservId: string | undefined;
  /** Who puts what we send into the Sent folder. */
  readonly sent: "append" | "server" | "off";
}

interface GivenServer {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: MailServer["tls"];
  readonly tlsRejectUnauthorized?: boolean;
  readonly user?: string;
  readonly password?: string;
}

interface GivenSettings {
  readonly address?: string;
  readonly displayName?: string;
  readonly user?: string;
  readonly password?: string;
  readonly imap?: GivenServer;
  readonly smtp?: GivenServer;
  readonly mailbox?: string;
  readonly markSeen?: boolean;
  readonly maxMailMb?: number;
  readonly authservId?: string;
  readonly requireAuthenticated?: boolean;
  readonly sent?: EmailSettings["sent"];
}

/** Settings whose types were checked with the configuration, completed. Throws MisconfiguredError when one is missing or unsafe. */
export function emailSettings(settings: unknown): EmailSettings {
  const given = settings as GivenSettings;
  const { address, authservId, requireAuthenticated = authservId !== undefined } = given;
  if (address === undefined)
    throw new MisconfiguredError("channels.email.address is missing; set it, or EMAIL_ADDRESS");
  if (requireAuthenticated && authservId === undefined) {
    throw new MisconfiguredError(
      "channels.email.requireAuthenticated needs channels.email.authservId: the name your mail server signs Authentication-Results with",
    );
  }
  return {
    address: address.toLowerCase(),
    displayName: given.displayName ?? "",
    imap: serverOf(given, "imap"),
    smtp: serverOf(given, "smtp"),
    mailbox: given.mailbox ?? "INBOX",
    markSeen: given.markSeen ?? true,
    maxMailBytes: (given.maxMailMb ?? 25) * 1_048_576,
    authservId: requireAuthenticated ? authservId : undefined,
    sent: given.sent ?? "append",
  };
}

const ports = {
  imap: { direct: 993, starttls: 143, off: 143 },
  smtp: { direct: 465, starttls: 587, off: 25 },
} as const;

function serverOf(given: GivenSettings, kind: "imap" | "smtp"): MailServer {
  const { host, tls = "direct", port, tlsRejectUnauthorized, ...own } = given[kind] ?? {};
  const key = `channels.email.${kind}`;
  if (host === undefined) throw new MisconfiguredError(`${key}.host is missing; set it`);
  if (tls === "off" && !isPrivateHost(host)) {
    throw new MisconfiguredError(`${key}.tls "off" shows the password to the network; it is for a private host only`);
  }
  const password = own.password ?? given.password;
  if (password === undefined)
    throw new MisconfiguredError("channels.email.password is missing; set it, or EMAIL_PASSWORD");
  return {
    host,
    tls,
    password,
    port: port ?? ports[kind][tls],
    rejectUnauthorized: tlsRejectUnauthorized ?? true,
    user: own.user ?? given.user ?? given.address ?? "",
  };
}
