/** The keys of `channels.email`. */

import * as z from "zod";

const sensitive = { sensitive: true } as const;

/** One of the two servers. */
function server(ports: string) {
  return z.strictObject({
    host: z.string().min(1).max(255).optional().describe("Its name."),
    port: z.int().min(1).max(65_535).optional().describe(`Default: ${ports}.`),
    tls: z
      .enum(["direct", "starttls", "off"])
      .optional()
      .describe('How the connection is encrypted; "off" on private hosts only. Default: direct.'),
    tlsRejectUnauthorized: z.boolean().optional().describe("Refuse certificates nobody vouches for. Default: true."),
    user: z.string().min(1).optional().describe("Default: as the channel, or the address."),
    password: z.string().min(1).optional().describe("Default: as the channel.").meta(sensitive),
  });
}

/** What email itself needs; required ones are missed when the channel connects, where environment variables may fill them in. */
export const emailShape = {
  address: z.email().optional().describe("Our mail address. Or EMAIL_ADDRESS."),
  displayName: z.string().max(100).optional().describe("Name put before it."),
  user: z.string().min(1).optional().describe("Who logs in. Default: the address. Or EMAIL_USER."),
  password: z.string().min(1).optional().describe("The password. Or EMAIL_PASSWORD.").meta(sensitive),
  imap: server("993, without direct TLS 143").optional().describe("Server that has the mailbox."),
  smtp: server("465, with starttls 587").optional().describe("Server that sends."),
  mailbox: z.string().min(1).max(255).optional().describe("Folder that is read. Default: INBOX."),
  markSeen: z.boolean().optional().describe("Mark as read what was taken. Default: true."),
  maxMailMb: z.int().min(1).max(200).optional().describe("Of larger mails only the beginning is read. Default: 25."),
  authservId: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      "Name your mail server signs Authentication-Results with. Mail whose sender it does not vouch for is ignored.",
    ),
  requireAuthenticated: z
    .boolean()
    .optional()
    .describe("False takes mail from unchecked senders. Default: true with authservId."),
  sent: z
    .enum(["append", "server", "off"])
    .optional()
    .describe("Who keeps what we send: we, in the Sent folder, or the server by itself. Default: append."),
};
