/** The keys of `channels.discord`. */

import * as z from "zod";

const snowflake = z.string().regex(/^(\d{5,25}|\*)$/, 'must be an id of digits, or "*"');

const guild = z.strictObject({
  enabled: z.boolean().optional().describe("False: the guild is not heard."),
  channels: z
    .record(snowflake, z.strictObject({ enabled: z.boolean().optional().describe("False: it is not heard.") }))
    .optional()
    .describe("Channels by id; one entry, and no other is heard. Policies of a channel are in groups, by its id."),
});

/** What Discord itself needs. */
export const discordShape = {
  token: z.string().min(1).optional().describe("Token of the bot. Or DISCORD_BOT_TOKEN.").meta({ sensitive: true }),
  apiRoot: z.url().optional().describe("Default: https://discord.com/api/v10."),
  intents: z
    .strictObject({
      messageContent: z.boolean().optional().describe("Read what is written in guilds. Default: true."),
      guildMembers: z.boolean().optional().describe("Hear of members. Default: false."),
    })
    .optional()
    .describe("What is asked for; the developer portal has to allow it."),
  guilds: z.record(snowflake, guild).optional().describe("Guilds by id that are heard. Default: all we are in."),
  maxLinesPerMessage: z.int().min(1).max(2_000).optional().describe("Longest message, in lines. Default: 17."),
  suppressEmbeds: z.boolean().optional().describe("Links in answers get no previews. Default: true."),
};
