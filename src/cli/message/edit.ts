/** `openclaw message edit`. */

import { defineCommand } from "../command/command.ts";
import { messageWord } from "./message-word.ts";
import { sendAction, sendOptions } from "./send-action.ts";

/** Changes something we said, where the network can. */
export const command = defineCommand({
  words: [messageWord, { name: "text", help: "what it is to say", rest: true }],
  options: sendOptions,
  examples: ['message edit 4711 "dinner is at eight" -t telegram:123456'],
  async run({ options, words, terminal, link }) {
    const value = { platformId: words.message, text: words.text };
    return sendAction({ options, terminal, link }, () => ({ case: "edit", value }));
  },
});
