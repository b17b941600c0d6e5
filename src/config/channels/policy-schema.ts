/** The keys every account of every network may have. */

import * as z from "zod";

/** A channel is connected anew when the keys of its network change; the others are read on use. */
export const channelPart = { reload: "part:channels" } as const;

/** A sender, group or peer id; networks with numbers may be given numbers. */
export const platformId = z
  .union([z.string().min(1).max(500), z.int()])
  .transform(String)
  .meta({ title: "id" });

/** Who; "*" is everybody, "accessGroup:<name>" a group of accessGroups. */
export const senderList = z.array(platformId).max(10_000);

/** Id of an agent or account. */
export const accountId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be lower-case letters, digits, - and _");

const ackReactionScopes = z.enum(["group-mentions", "group-all", "direct", "all", "off"]);
const streamingMode = z.enum(["off", "partial", "block"]);

const botLoop = z.strictObject({
  maxEvents: z.int().min(1).max(10_000).optional().describe("Messages between us and a bot."),
  windowSeconds: z.int().min(1).max(86_400).optional().describe("Within this time."),
  cooldownSeconds: z.int().min(1).max(86_400).optional().describe("Then silence for so long."),
});

const group = z.strictObject({
  enabled: z.boolean().optional().describe("False: nobody is answered there."),
  requireMention: z.boolean().optional().describe("Answer only when mentioned. Default: as the channel."),
  allowFrom: senderList.optional().describe("Who is answered there. Default: as the channel."),
  systemPrompt: z.string().max(100_000).optional().describe("Added to the instructions of the agent there."),
  agentId: accountId.optional().describe("Agent that answers there, over bindings."),
  botLoop: botLoop.optional().describe("When programs are left alone there. Default: as the channel."),
});

const streaming = z.union([
  streamingMode,
  z.strictObject({
    mode: streamingMode.optional().describe('"partial" edits a preview, "block" sends finished blocks.'),
    chunkMode: z.enum(["length", "newline"]).optional().describe("Where long answers are cut."),
    block: z
      .strictObject({
        enabled: z.boolean().optional().describe('True: as mode "block", where no mode is given.'),
        minChars: z.int().min(1).max(100_000).optional().describe("Shortest block that is sent at once. Default: 800."),
        maxChars: z.int().min(1).max(100_000).optional().describe("Longest block. Default: 1200."),
        idleMs: z
          .int()
          .min(0)
          .max(600_000)
          .optional()
          .describe(
            "When the answer pauses for so long, what is finished is sent, however short. Default: 1000; 0 never.",
          ),
        humanDelay: z
          .union([
            z.enum(["off", "natural"]),
            z
              .strictObject({
                minMs: z.int().min(0).max(60_000).describe("Shortest pause."),
                maxMs: z.int().min(0).max(60_000).describe("Longest pause."),
              })
              .refine(({ minMs, maxMs }) => minMs <= maxMs, "minMs must not be more than maxMs"),
          ])
          .optional()
          .describe('Pause before each block but the first; "natural" is 800 to 2500 ms. Default: off.'),
      })
      .optional()
      .describe("Sizes of blocks."),
  }),
]);

/** Access and outbound policies. */
export const policyShape = {
  dmPolicy: z
    .enum(["pairing", "allowlist", "open", "disabled"])
    .optional()
    .describe('Who may write in direct conversations. Default: pairing. open needs "*" in allowFrom.'),
  allowFrom: senderList.optional().describe('Who may write; "*" is everybody, "accessGroup:<name>" a group.'),
  groupPolicy: z
    .enum(["allowlist", "open", "disabled"])
    .optional()
    .describe("Which groups are answered. Default: allowlist, those in groups."),
  groupAllowFrom: senderList.optional().describe("Who is answered in groups. Default: allowFrom."),
  groups: z.record(z.string().min(1), group).optional().describe('Groups by address; "*" is any.'),
  requireMention: z.boolean().optional().describe("In groups, answer only when mentioned. Default: true."),
  mentionPatterns: z
    .strictObject({
      mode: z.enum(["allow", "deny"]).optional().describe('"deny": only in allowIn. Default: allow.'),
      allowIn: senderList.optional().describe("Groups where patterns count, by address."),
      denyIn: senderList.optional().describe("Groups where they do not; wins."),
    })
    .optional()
    .describe("Where messages.groupChat.mentionPatterns count. Default: everywhere."),
  contextVisibility: z
    .enum(["all", "allowlist", "allowlist_quote"])
    .optional()
    .describe(
      "Whose words agents are shown as context: everybody's, or those of listed senders, with quotes or without.",
    ),
  botLoop: botLoop.optional().describe("When programs are left alone here, over messages.botLoop."),
  implicitMentions: z
    .strictObject({
      replyToBot: z.boolean().optional().describe("An answer to a message of ours is a mention. Default: true."),
      threadParticipation: z.boolean().optional().describe("A thread we take part in is a mention. Default: true."),
    })
    .optional()
    .describe("What counts as a mention without one."),
  allowBots: z
    .union([z.boolean(), z.literal("mentions")])
    .optional()
    .describe("Answer messages written by programs. Default: false."),
  reactionNotifications: z
    .enum(["off", "own", "all", "allowlist"])
    .optional()
    .describe("Which reactions agents are told of: to our own messages, all, or of listed senders. Default: own."),
  reactionAllowlist: senderList.optional().describe('Whose, with "allowlist". Default: as for messages.'),
  historyLimit: z
    .int()
    .min(0)
    .max(1_000)
    .optional()
    .describe("Messages of a group kept as context for the next one that is answered."),
  textChunkLimit: z.int().min(50).max(1_000_000).optional().describe("Longest text of one message. Default: 4000."),
  streaming: streaming.optional().describe("How answers appear while they are written. Default: off."),
  replyToMode: z
    .enum(["off", "first", "all", "batched"])
    .optional()
    .describe('Answers refer to the message; "batched" when they answer several. Default: off.'),
  ackReaction: z.string().max(64).optional().describe("Emoji put on a message that is being answered; empty for none."),
  removeAckAfterReply: z.boolean().optional().describe("Take the emoji away when the message was answered."),
  ackReactionScope: ackReactionScopes.optional().describe("Which messages get it. Default: group-mentions."),
  responsePrefix: z.string().max(1_000).optional().describe('Put before every answer; "auto" is [name of the agent].'),
  typingMode: z
    .enum(["never", "instant", "thinking", "message"])
    .optional()
    .describe("When to show typing. Default: instant for people and mentions, message for other talk of groups."),
  mediaMaxMb: z.int().min(0).max(2_000).optional().describe("Largest file taken in or sent out. Default: 20."),
  healthMonitor: z
    .strictObject({ enabled: z.boolean().optional().describe("Default: true.") })
    .optional()
    .describe("Goes on trying, with long pauses, after a channel was given up."),
  delivery: z
    .strictObject({
      expireMinutes: z.int().min(1).max(525_600).optional().describe("What waited longer is not sent. Default: 1440."),
      onAmbiguous: z
        .enum(["hold", "resend", "drop"])
        .optional()
        .describe("What happens to a message that may or may not have been sent. Default: hold."),
    })
    .optional()
    .describe("Messages on their way out."),
};

/** Beside the policies. */
export const accountShape = {
  enabled: z.boolean().optional().describe("False: it is not connected. Default: true."),
  name: z.string().min(1).max(200).optional().describe("Shown to people. Default: who we are on the network."),
  ...policyShape,
};
