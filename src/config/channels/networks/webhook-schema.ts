/** The keys of `channels.webhook`. */

import * as z from "zod";

/** What the webhook itself needs. */
export const webhookShape = {
  secret: z
    .string()
    .min(16)
    .max(256)
    .optional()
    .describe("What both sides sign with, at least 16 characters. Required.")
    .meta({ sensitive: true }),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Where answers are sent to. Default: nowhere, messages only come in."),
  allowPrivateNetwork: z
    .boolean()
    .optional()
    .describe("The url may lead to this machine or a private network. Default: false."),
  actions: z
    .array(z.enum(["edit", "delete", "reaction", "poll"]))
    .optional()
    .describe("What the receiver can do besides taking messages. Default: nothing."),
  idempotent: z
    .boolean()
    .optional()
    .describe("The receiver does nothing twice for one Idempotency-Key, so it may be asked again. Default: false."),
  timeoutSeconds: z.number().min(0.1).max(110).optional().describe("What the receiver gets to answer. Default: 30."),
  checkSeconds: z
    .number()
    .min(0.01)
    .max(86_400)
    .optional()
    .describe("How often it is looked whether the receiver is there. Default: 30."),
};
