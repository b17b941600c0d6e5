/** `bindings`, `session`, `accessGroups`, and what `messages` and `commands` say of channels. */

import * as z from "zod";
import { SafePattern } from "../../lib/text/safe-pattern.ts";
import { defaultChannelCommands, defaultChannelMessages, defaultSession } from "./channels-config.ts";
import { accountId, channelPart, platformId, senderList } from "./policy-schema.ts";

const dmScope = z.enum(["main", "per-peer", "per-channel-peer", "per-account-channel-peer"]);
const groupScope = z.enum(["per-group", "main"]);
const kind = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "must be a kind of channel, e.g. telegram");

/** `bindings`. */
export const bindingsSchema = z
  .array(
    z.strictObject({
      agentId: accountId.describe("Agent that answers."),
      match: z
        .strictObject({
          channel: kind.describe("Network."),
          accountId: z
            .union([accountId, z.literal("*")])
            .optional()
            .describe('Account; "*" is any. Default: the default.'),
          peer: z
            .strictObject({
              kind: z.enum(["direct", "dm", "group", "channel"]).describe('What it is; "dm" is direct.'),
              id: platformId.describe('Its address; "*" is any.'),
            })
            .optional()
            .describe("One person or group."),
          space: platformId.optional().describe("Guild, team or workspace."),
          guildId: platformId.optional().describe("The same, as Discord calls it."),
          teamId: platformId.optional().describe("The same, as Slack calls it."),
          roles: z.array(platformId).optional().describe("Roles of the sender, any of them."),
        })
        .describe("Whom. All given keys must match."),
      session: z
        .strictObject({
          dmScope: dmScope.optional().describe("Over session.dmScope."),
          groupScope: groupScope.optional().describe("Over session.groupScope."),
        })
        .optional()
        .describe("Which session it goes to."),
    }),
  )
  .max(1_000);

const reset = z.strictObject({
  mode: z.enum(["none", "daily", "idle", "both"]).describe("When a session starts anew by itself."),
  atHour: z.int().min(0).max(23).default(defaultSession.reset.atHour).describe("Local hour of the daily reset."),
  idleMinutes: z
    .int()
    .min(1)
    .max(525_600)
    .optional()
    .describe('Silence after which it starts anew. Default: 60. With mode "daily" it counts, too, when it is given.'),
});

/** `session`. */
export const sessionSchema = z.strictObject({
  dmScope: dmScope.default(defaultSession.dmScope).describe("Which direct conversations share a session."),
  groupScope: groupScope.default(defaultSession.groupScope).describe("Whether groups have sessions of their own."),
  identityLinks: z
    .record(z.string().min(1), senderList)
    .default({})
    .describe('Senders that are one person: name → "<channel>:<id>" or ids.'),
  reset: reset.default(defaultSession.reset).describe("When sessions start anew."),
  resetByType: z
    .strictObject({
      direct: reset.optional().describe("Direct conversations."),
      group: reset.optional().describe("Groups."),
      thread: reset.optional().describe("Threads."),
    })
    .default({})
    .describe("The same by kind of conversation."),
  resetByChannel: z.record(kind, reset).default({}).describe("The same by network; wins."),
  resetTriggers: z
    .array(z.string().min(1).max(100))
    .max(50)
    .default([...defaultSession.resetTriggers])
    .describe("Beginnings of a message that are as good as /new, from whoever may use commands."),
  sendPolicy: z
    .strictObject({
      default: z.enum(["allow", "deny"]).default("allow").describe("What happens when no rule matches."),
      rules: z
        .array(
          z.strictObject({
            action: z.enum(["allow", "deny"]).describe("Any deny that matches wins."),
            match: z
              .strictObject({
                channel: kind.optional().describe("Network."),
                chatType: z.enum(["direct", "group", "thread"]).optional().describe("Kind of conversation."),
                keyPrefix: z
                  .string()
                  .min(1)
                  .optional()
                  .describe('Beginning of the session\'s id, with or without "agent:<id>:".'),
                rawKeyPrefix: z.string().min(1).optional().describe("Beginning of the session's whole id."),
              })
              .default({})
              .describe("All of these must match."),
          }),
        )
        .max(1_000)
        .default([])
        .describe("In order."),
    })
    .default({ ...defaultSession.sendPolicy, rules: [] })
    .describe("Whether answers may leave."),
});

/** `accessGroups`. */
export const accessGroupsSchema = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "must be letters, digits, - and _"),
  z.strictObject({
    type: z.literal("message.senders").default("message.senders").describe("What is in it: senders."),
    members: z.record(z.union([kind, z.literal("*")]), senderList).describe('By network; "*" is any.'),
  }),
);

const mentionPattern = z
  .string()
  .refine(
    (pattern) => SafePattern.from(pattern) !== undefined,
    "must be a regular expression that cannot run for long: no repeat within another, few optional parts, no look-around",
  );

const { groupChat, inbound, botLoop, ackReaction, ackReactionScope, responsePrefix, responseUsage } =
  defaultChannelMessages;
const debounce = z.int().min(0).max(600_000);

/** Keys of `messages`. */
export const channelMessagesShape = {
  groupChat: z
    .strictObject({
      historyLimit: z
        .int()
        .min(0)
        .max(1_000)
        .default(groupChat.historyLimit)
        .describe("Messages of a group kept as context."),
      mentionPatterns: z
        .array(mentionPattern)
        .max(50)
        .default([])
        .describe("Regular expressions, any case, that count as a mention."),
    })
    .prefault({})
    .describe("Groups.")
    .meta(channelPart),
  inbound: z
    .strictObject({
      debounceMs: debounce
        .default(inbound.debounceMs)
        .describe("Messages of one sender that come within this time are answered together."),
      byChannel: z.record(kind, debounce).default({}).describe("The same by network."),
    })
    .prefault({})
    .describe("Messages that come in.")
    .meta(channelPart),
  botLoop: z
    .strictObject({
      maxEvents: z.int().min(1).max(10_000).default(botLoop.maxEvents).describe("Messages between us and a bot."),
      windowSeconds: z.int().min(1).max(86_400).default(botLoop.windowSeconds).describe("Within this time."),
      cooldownSeconds: z
        .int()
        .min(1)
        .max(86_400)
        .default(botLoop.cooldownSeconds)
        .describe("Then silence for so long."),
    })
    .prefault({})
    .describe("When a conversation of bots is left alone."),
  ackReaction: z
    .string()
    .max(64)
    .default(ackReaction)
    .describe("Emoji put on a message that is being answered.")
    .meta(channelPart),
  ackReactionScope: z
    .enum(["group-mentions", "group-all", "direct", "all", "off"])
    .default(ackReactionScope)
    .describe("Which messages get it.")
    .meta(channelPart),
  removeAckAfterReply: z
    .boolean()
    .default(defaultChannelMessages.removeAckAfterReply)
    .describe("Take it away when the message was answered.")
    .meta(channelPart),
  responsePrefix: z.string().max(1_000).default(responsePrefix).describe("Put before every answer.").meta(channelPart),
  responseUsage: z
    .enum(["off", "tokens", "full"])
    .default(responseUsage)
    .describe("What stands under answers: nothing, the tokens, or the model, too."),
};

/** Keys of `commands`. */
export const channelCommandsShape = {
  text: z.boolean().default(defaultChannelCommands.text).describe("Slash commands in messages."),
  allowFrom: z
    .record(z.union([kind, z.literal("*")]), senderList)
    .optional()
    .describe('Who may use them, by network; "*" is any. Default: whoever may write.'),
  ownerAllowFrom: senderList.default([]).describe('Who owns the gateway: "<channel>:<id>" or ids.'),
};
