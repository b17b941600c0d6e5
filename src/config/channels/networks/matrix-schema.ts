/** The keys of `channels.matrix`. */

import * as z from "zod";

const sensitive = { sensitive: true } as const;

/** What Matrix itself needs; required ones are missed when the channel connects, where environment variables may fill them in. */
export const matrixShape = {
  homeserver: z
    .url({ protocol: /^https?$/, error: 'must be a URL like "https://matrix.example.org"' })
    .optional()
    .describe("Address of the homeserver. Or MATRIX_HOMESERVER."),
  accessToken: z.string().min(1).optional().describe("Token of the account. Or MATRIX_ACCESS_TOKEN.").meta(sensitive),
  userId: z.string().min(1).max(255).optional().describe('Account, "@claw:example.org". Or MATRIX_USER_ID.'),
  password: z
    .string()
    .min(1)
    .optional()
    .describe("Its password, where there is no token. Or MATRIX_PASSWORD.")
    .meta(sensitive),
  deviceName: z.string().min(1).max(100).optional().describe("Shown in the list of our sessions. Default: OpenClaw."),
  allowPrivateNetwork: z
    .boolean()
    .optional()
    .describe("The homeserver is on this machine or a private network. Default: false."),
  autoJoin: z
    .enum(["off", "allowlist", "always"])
    .optional()
    .describe("Which invitations are accepted. Default: off; those there are, are in the directory."),
  autoJoinAllowlist: z
    .array(z.string().min(1).max(255))
    .max(1_000)
    .optional()
    .describe("Rooms (ids or aliases), or people whose invitations are accepted."),
};
