/** Policies that fit a network better than those of the others; the configuration wins. */

import type { PolicyConfig } from "./channels-config.ts";

/** By kind. */
export const networkPolicies: Readonly<Record<string, PolicyConfig>> = {
  // Anybody can write to a mail address: a pairing code would go to whoever a spammer says they are. Answers are one mail.
  email: { dmPolicy: "allowlist", textChunkLimit: 100_000, ackReaction: "", typingMode: "never" },
};
