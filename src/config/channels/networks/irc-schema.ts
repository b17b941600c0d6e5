/** The keys of `channels.irc`. */

import * as z from "zod";

const sensitive = { sensitive: true } as const;

/** What IRC itself needs; required ones are missed when the channel connects, where environment variables may fill them in. */
export const ircShape = {
  host: z.string().min(1).max(255).optional().describe("Server, e.g. irc.libera.chat. Or IRC_HOST."),
  port: z.int().min(1).max(65_535).optional().describe("Default: 6697, without TLS 6667. Or IRC_PORT."),
  tls: z.boolean().optional().describe("Encrypt the connection. Default: true. Or IRC_TLS."),
  tlsRejectUnauthorized: z.boolean().optional().describe("Refuse certificates nobody vouches for. Default: true."),
  nick: z.string().min(1).max(64).optional().describe("Who we are there. Or IRC_NICK."),
  username: z.string().min(1).max(32).optional().describe("User name. Default: the nick. Or IRC_USERNAME."),
  realname: z.string().min(1).max(200).optional().describe("Real name. Default: OpenClaw. Or IRC_REALNAME."),
  password: z.string().min(1).optional().describe("Password of the server. Or IRC_PASSWORD.").meta(sensitive),
  sasl: z
    .strictObject({
      account: z.string().min(1).optional().describe("Account. Default: the nick."),
      password: z.string().min(1).optional().describe("Its password.").meta(sensitive),
    })
    .optional()
    .describe("Log in with SASL PLAIN."),
  nickserv: z
    .strictObject({
      service: z.string().min(1).optional().describe("Default: NickServ."),
      password: z
        .string()
        .min(1)
        .optional()
        .describe("Password of the nick. Or IRC_NICKSERV_PASSWORD.")
        .meta(sensitive),
    })
    .optional()
    .describe("Log in by telling NickServ, where there is no SASL."),
  channels: z
    .array(z.string().regex(/^[#&+!]\S{1,63}( \S+)?$/, 'must be a channel like "#openclaw", or "#openclaw key"'))
    .max(200)
    .optional()
    .describe("Channels to join. Or IRC_CHANNELS, with commas."),
  messagesPerSecond: z.number().min(0.1).max(100).optional().describe("Pace of what is sent. Default: 2."),
};
