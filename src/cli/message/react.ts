/** `openclaw message react`. */

import { defineCommand } from "../command/command.ts";
import { messageWord } from "./message-word.ts";
import { sendAction, sendOptions } from "./send-action.ts";

/** Puts a reaction on a message, or takes it away. */
export const command = defineCommand({
  words: [messageWord, { name: "emoji", help: "one emoji, or the network's name of one", optional: true }],
  options: { ...sendOptions, remove: { kind: "switch", help: "take the reaction away" } },
  examples: ["message react 4711 👍 -t telegram:123456", "message react 4711 👍 -t telegram:123456 --remove"],
  async run({ options, words, terminal, link }) {
    const value = { platformId: words.message, emoji: words.emoji ?? "", remove: options.remove };
    return sendAction({ options, terminal, link }, () => ({ case: "reaction", value }));
  },
});
