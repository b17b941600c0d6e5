/**
 * Every key of the configuration file: its type, its bounds, its default, what it means, what a change of it takes (`reload`:
 * "live", "part:<name>", or a restart of the gateway when neither it nor a key above it says so) and whether it is a secret
 * (`sensitive`: it may be given as a secret reference, and is never shown). Validation and the published JSON Schema both
 * come from here. Unknown keys are refused everywhere.
 */

import * as z from "zod";
import { channelsSchema } from "./channels/channels-schema.ts";
import {
  accessGroupsSchema,
  bindingsSchema,
  channelCommandsShape,
  channelMessagesShape,
  sessionSchema,
} from "./channels/messaging-schema.ts";
import { type Config, defaultConfig } from "./config.ts";
import { compactionSchema } from "./schema/compaction-schema.ts";
import { diagnosticsSchema, loggingSchema } from "./schema/logging-schema.ts";
import type { SchemaNode } from "./schema/schema-node.ts";
import { allowReference } from "./schema/secret-reference.ts";
import { secretsSchema } from "./schema/secrets-schema.ts";
import { count, httpUrl, live, modelReference, providerId, sensitive } from "./schema/value-schemas.ts";

const year = 31_536_000;
const agentDefaults = defaultConfig.agents.defaults;

const secret = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "must be visible ASCII characters without spaces; other ones cannot travel in a header");

const tls = z.strictObject({
  enabled: z.boolean().default(defaultConfig.gateway.tls.enabled).describe("Serve TLS only."),
  autoGenerate: z
    .boolean()
    .default(defaultConfig.gateway.tls.autoGenerate)
    .describe("Make a self-signed certificate in the state folder when certPath and keyPath are not set."),
  certPath: z.string().min(1).optional().describe("PEM certificate chain; relative to the configuration file."),
  keyPath: z.string().min(1).optional().describe("PEM private key; relative to the configuration file."),
});
const completeTls = tls
  .refine((value) => value.keyPath === undefined || value.certPath !== undefined, {
    path: ["certPath"],
    error: "is needed with keyPath",
  })
  .refine((value) => value.certPath === undefined || value.keyPath !== undefined, {
    path: ["keyPath"],
    error: "is needed with certPath",
  })
  .refine((value) => !value.enabled || value.autoGenerate || value.certPath !== undefined, {
    path: ["certPath"],
    error: "is needed when autoGenerate is off",
  });

const auth = z.strictObject({
  mode: z
    .enum(["token", "password", "none"])
    .optional()
    .describe('How callers prove who they are. Default: what is set, else "token". "none" is for loopback only.'),
  token: secret.optional().describe("The token; made and kept in the state folder when not set.").meta(sensitive),
  password: z.string().min(1).optional().describe("The password.").meta(sensitive),
});

const origin = z
  .string()
  .regex(/^(\*|https?:\/\/[^/\s?#]+)$/, 'must be "*" or an origin like "https://assistant.example"');

const gateway = z.strictObject({
  mode: z.literal("local").optional().describe("Where the gateway of this machine runs: here."),
  port: z.int().min(0).max(65_535).optional().describe("Port of everything; 0 is any free one. Default: 18789."),
  bind: z
    .enum(["loopback", "lan", "tailnet", "auto", "custom"])
    .optional()
    .describe("Who can reach it. Default: loopback. auto: loopback, in a container every interface."),
  customBindHost: z.ipv4("must be an IPv4 address").optional().describe('Address for bind "custom".'),
  auth: auth.prefault({}).describe("Who may call."),
  tls: completeTls.prefault({}).describe("Encryption."),
  allowedHosts: z
    .array(z.string().min(1))
    .default([...defaultConfig.gateway.allowedHosts])
    .describe("Host names the gateway is called by, beyond loopback and its own addresses."),
  controlUi: z
    .strictObject({
      allowedOrigins: z
        .array(origin)
        .default([...defaultConfig.gateway.controlUi.allowedOrigins])
        .describe('Origins of pages that may call, beyond loopback and the gateway itself; "*" is any.'),
    })
    .prefault({})
    .describe("Browser pages."),
  reload: z
    .strictObject({
      mode: z
        .enum(["hybrid", "hot", "restart", "off"])
        .default(defaultConfig.gateway.reload.mode)
        .describe(
          "What a change of this file does. hybrid: what can be applied while running is, for the rest the gateway restarts in its process; hot: the rest waits for a restart; restart: every change restarts; off: nothing.",
        ),
      debounceMs: z
        .int()
        .min(0)
        .max(60_000)
        .default(defaultConfig.gateway.reload.debounceMs)
        .describe("An edit by hand is looked at when the files were quiet for this long."),
    })
    .prefault({})
    .describe("Changes of this file while the gateway runs.")
    .meta(live),
});

const model = z
  .union([
    modelReference,
    z.strictObject({
      primary: modelReference.describe("The model to use."),
      fallbacks: z.array(modelReference).default([]).describe("Tried in order when it fails."),
    }),
  ])
  .transform((value) => (typeof value === "string" ? { primary: value, fallbacks: [] } : value))
  .prefault(agentDefaults.model.primary)
  .describe('Which model answers, "provider/model"; "echo/echo" repeats what it is told and needs no key.');

const agents = z.strictObject({
  defaults: z
    .strictObject({
      model,
      thinkingDefault: z
        .enum(["off", "minimal", "low", "medium", "high"])
        .optional()
        .describe("How much a model thinks before it answers. Default: what the model does by itself."),
      maxConcurrent: count(1_000)
        .default(agentDefaults.maxConcurrent)
        .describe("Runs worked on at a time, over all sessions. Default: the number of CPUs, at least 8, at most 16."),
      timeoutSeconds: count(year).default(agentDefaults.timeoutSeconds).describe("Longest time a run may take."),
      maxSteps: count(10_000).default(agentDefaults.maxSteps).describe("Model calls one run may make."),
      instructions: z.string().max(100_000).default(agentDefaults.instructions).describe("Added to the system prompt."),
      workspace: z
        .string()
        .min(1)
        .optional()
        .describe('Folder agents work in; backups hold it. Default: "workspace" in the state folder.'),
      contextTokens: count(100_000_000)
        .default(agentDefaults.contextTokens)
        .describe("Tokens of transcript a call may carry when the model does not say how much it reads."),
      compaction: compactionSchema.prefault({}).describe("Summaries agents read instead of old messages.").meta(live),
    })
    .prefault({})
    .describe("What every agent uses unless a session or a run says otherwise."),
});

const dollars = z.number().min(0).max(100_000);

const providerSettings = z.strictObject({
  baseUrl: httpUrl.optional().describe('Where its API lives, version included: "https://api.example.com/v1".'),
  api: z
    .enum(["openai-completions", "openai-responses", "anthropic-messages", "google-generative-ai"])
    .optional()
    .describe("How it is spoken to. Default: openai-completions, or what the built-in provider speaks."),
  apiKey: z.string().min(1).optional().describe('Its key; better as "${VARIABLE}" than in this file.').meta(sensitive),
  headers: z.record(z.string(), z.string().meta(sensitive)).optional().describe("Sent with every call."),
  models: z
    .array(
      z.strictObject({
        id: z.string().min(1).describe("Id as the provider knows it."),
        contextTokens: count(100_000_000).optional().describe("Tokens one call may read."),
        cost: z
          .strictObject({
            input: dollars.describe("Tokens it reads."),
            output: dollars.describe("Tokens it produces."),
            cacheRead: dollars.optional().describe("Tokens it reads from the provider's cache. Default: as input."),
          })
          .optional()
          .describe("What it costs, in US dollars for a million tokens: explain and /usage cost go by it."),
        maxOutputTokens: count(10_000_000).optional().describe("Tokens one call may produce."),
        input: z
          .array(z.enum(["text", "image"]))
          .min(1)
          .optional()
          .describe(
            'What it takes: with "image", png, jpeg, gif and webp files of messages are shown to it: the newest 8, up to 5 MiB each and 20 MiB together (google-generative-ai knows no gif). Else it is told their names. Text files are told to every model: 64 KiB each, 256 KiB together. Default: ["text", "image"], with openai-completions ["text"].',
          ),
      }),
    )
    .optional()
    .describe("Models to list; others of the provider can be used all the same."),
  timeoutSeconds: count(86_400)
    .optional()
    .describe("Longest time without a byte from it. Default: 120, on a private network 300."),
});

const queue = z.strictObject({
  mode: z
    .enum(["steer", "followup", "collect", "interrupt"])
    .default(defaultConfig.messages.queue.mode)
    .describe("What a message does while its session's run is active."),
  byChannel: z
    .record(z.string(), z.enum(["steer", "followup", "collect", "interrupt"]))
    .default({})
    .describe("The same by network, for messages that come in through it."),
  cap: count(10_000).default(defaultConfig.messages.queue.cap).describe("Messages that may wait in one session."),
  maxBytes: count(1_073_741_824)
    .default(defaultConfig.messages.queue.maxBytes)
    .describe("Bytes of text that may wait in one session."),
  debounceMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(defaultConfig.messages.queue.debounceMs)
    .describe("A collecting run starts when no message joined it for this long."),
});

const retention = z.strictObject({
  maxAgeDays: count(36_500).default(defaultConfig.events.retention.maxAgeDays).describe("Days an event is kept."),
  maxEvents: count(1_000_000_000).default(defaultConfig.events.retention.maxEvents).describe("Events kept."),
  maxBytes: count(1_099_511_627_776).default(defaultConfig.events.retention.maxBytes).describe("Bytes of events kept."),
});

const commands = z.strictObject({
  restart: z
    .boolean()
    .default(defaultConfig.commands.restart)
    .describe("The signal SIGUSR1 restarts the gateway in place. Its commands and its API may in any case."),
  restartCooldownSeconds: z
    .int()
    .min(0)
    .max(3_600)
    .default(defaultConfig.commands.restartCooldownSeconds)
    .describe("Shortest time from one restart in place to the next."),
  ...channelCommandsShape,
});

/** The whole file. */
export const configSchema: z.ZodType<Config> = z.strictObject({
  $schema: z.string().optional().describe("Address of this schema, for editors.").meta(live),
  gateway: gateway.prefault({}).describe("The gateway process: where it listens and who may call."),
  agents: agents.prefault({}).describe("Who answers.").meta(live),
  models: z
    .strictObject({
      providers: z.record(providerId, providerSettings).default({}).describe("Model providers, by id."),
    })
    .prefault({})
    .describe("Where models come from.")
    .meta({ reload: "part:models" }),
  secrets: secretsSchema.prefault({}).describe("Where secret references lead.").meta({ reload: "part:models" }),
  messages: z
    .strictObject({ queue: queue.prefault({}).describe("Messages that wait."), ...channelMessagesShape })
    .prefault({})
    .describe("Input.")
    .meta(live),
  logging: loggingSchema.prefault({}).describe("Logs, lines of JSON."),
  diagnostics: diagnosticsSchema.prefault({}).describe("What is told about the gateway's own work."),
  blobs: z
    .strictObject({
      maxTotalBytes: count(1_125_899_906_842_624)
        .default(defaultConfig.blobs.maxTotalBytes)
        .describe("Bytes that files in messages may take on disk, all together."),
    })
    .prefault({})
    .describe("Files that come in and go out.")
    .meta(live),
  events: z
    .strictObject({ retention: retention.prefault({}).describe("Whichever bound is reached first.") })
    .prefault({})
    .describe("The event log.")
    .meta(live),
  commands: commands.prefault({}).describe("Who may make the gateway do what.").meta(live),
  channels: channelsSchema.default({}).describe("Accounts on messaging networks."),
  bindings: bindingsSchema.default([]).describe("Which agent answers whom; the most specific one wins.").meta(live),
  session: sessionSchema.prefault({}).describe("Which conversations share a session, and for how long.").meta(live),
  accessGroups: accessGroupsSchema
    .default({})
    .describe('Groups of senders; "accessGroup:<name>" names one.')
    .meta(live),
});

let jsonSchema: SchemaNode | undefined;

/**
 * JSON Schema (draft 2020-12) of the file, for editors and forms; with `reload` and `sensitive` where they are said. Made
 * once: it takes some 20 ms, and nobody changes it.
 */
export function configJsonSchema(): SchemaNode {
  jsonSchema ??= z.toJSONSchema(configSchema, {
    io: "input",
    override: (made) => allowReference(made.jsonSchema),
  }) as SchemaNode;
  return jsonSchema;
}
