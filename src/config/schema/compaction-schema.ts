/** What `agents.defaults.compaction` may hold. */

import * as z from "zod";
import { defaultConfig } from "../config.ts";
import { count, modelReference } from "./value-schemas.ts";

const defaults = defaultConfig.agents.defaults.compaction;

/** `agents.defaults.compaction`. */
export const compactionSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(defaults.enabled)
    .describe("Sum up by itself, when a model has read about as much as it can. Asked for, it happens either way."),
  keepRecentTokens: count(10_000_000)
    .default(defaults.keepRecentTokens)
    .describe("The newest turns that are kept word by word when it happens by itself, in tokens, roughly."),
  recentTurnsPreserve: count(100)
    .default(defaults.recentTurnsPreserve)
    .describe("Newest turns that are kept in any case, unless they alone fill half of what the model reads."),
  timeoutSeconds: count(3_600).default(defaults.timeoutSeconds).describe("Longest time a summary may take."),
  model: modelReference.optional().describe("Model that writes summaries. Default: the session's."),
});
