/** The keys of `channels.slack`. */

import * as z from "zod";

const sensitive = { sensitive: true } as const;

/** What Slack itself needs. */
export const slackShape = {
  mode: z
    .enum(["socket", "http"])
    .optional()
    .describe('How events come: over a socket we open, or by HTTP to webhookPath. Default: "socket".'),
  botToken: z.string().min(1).optional().describe("The bot's token, xoxb-… Or SLACK_BOT_TOKEN.").meta(sensitive),
  appToken: z
    .string()
    .min(1)
    .optional()
    .describe("The app's token with connections:write, xapp-…, for socket mode. Or SLACK_APP_TOKEN.")
    .meta(sensitive),
  signingSecret: z.string().min(1).optional().describe("What Slack signs requests with, for HTTP.").meta(sensitive),
  webhookPath: z
    .string()
    .regex(/^\/[A-Za-z0-9._~/-]{1,200}$/, 'must be a path like "/slack/events"')
    .optional()
    .describe("Default: /slack/events, for accounts beside the default one /slack/events/<account>."),
  apiRoot: z.url().optional().describe("Default: https://slack.com/api."),
  unfurlLinks: z.boolean().optional().describe("Links in answers get previews. Default: false."),
};
