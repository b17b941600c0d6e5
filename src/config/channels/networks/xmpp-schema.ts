/** The keys of `channels.xmpp`. */

import * as z from "zod";

const sensitive = { sensitive: true } as const;

/** What XMPP itself needs; required ones are missed when the channel connects, where environment variables may fill them in. */
export const xmppShape = {
  jid: z
    .string()
    .regex(/^[^\s@/]+@[^\s@/]+$/, 'must be an address like "claw@example.org"')
    .optional()
    .describe("Account. Or XMPP_JID."),
  password: z.string().min(1).optional().describe("Its password. Or XMPP_PASSWORD.").meta(sensitive),
  resource: z.string().min(1).max(100).optional().describe("Name of this connection. Default: openclaw."),
  host: z.string().min(1).max(255).optional().describe("Server. Default: as the domain's SRV records say."),
  port: z.int().min(1).max(65_535).optional().describe("Default: 5222, with direct TLS 5223."),
  tls: z
    .enum(["starttls", "direct", "off"])
    .optional()
    .describe(
      'How the connection is encrypted; "off" on private hosts only. Default: starttls, without which nothing is said.',
    ),
  tlsRejectUnauthorized: z.boolean().optional().describe("Refuse certificates nobody vouches for. Default: true."),
  rooms: z
    .array(z.string().regex(/^[^\s@/]+@[^\s@/]+$/, 'must be a room like "house@conference.example.org"'))
    .max(200)
    .optional()
    .describe("Rooms to join."),
  nick: z.string().min(1).max(100).optional().describe("Who we are in rooms. Default: the account's name."),
};
