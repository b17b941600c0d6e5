/** The keys of `channels.telegram`. */

import * as z from "zod";

const sensitive = { sensitive: true } as const;

/** What Telegram itself needs; the token is missed when the channel connects, where a variable may fill it in. */
export const telegramShape = {
  botToken: z.string().min(1).optional().describe("Token from @BotFather. Or TELEGRAM_BOT_TOKEN.").meta(sensitive),
  tokenFile: z.string().min(1).optional().describe("File with the token, used when botToken is not set."),
  apiRoot: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Bot API to use. Default: https://api.telegram.org."),
  webhookUrl: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe(
      "Public address that leads to /hooks/telegram here; Telegram sends updates there instead of being polled.",
    ),
  webhookSecret: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,256}$/, "must be 16 to 256 letters, digits, _ and -")
    .optional()
    .describe("What Telegram proves with that a request is its own. Needed with webhookUrl.")
    .meta(sensitive),
  commandsMenu: z.boolean().optional().describe("Show the gateway's commands in the menu. Default: true."),
  linkPreview: z.boolean().optional().describe("Show previews of links in answers. Default: true."),
};
