/** `openclaw message delete`. */

import { defineCommand } from "../command/command.ts";
import { messageWord } from "./message-word.ts";
import { sendAction, sendOptions } from "./send-action.ts";

/** Takes back something we said, where the network can. */
export const command = defineCommand({
  words: [messageWord],
  options: sendOptions,
  examples: ["message delete 4711 -t telegram:123456"],
  async run({ options, words, terminal, link }) {
    const value = { platformId: words.message };
    return sendAction({ options, terminal, link }, () => ({ case: "delete", value }));
  },
});
