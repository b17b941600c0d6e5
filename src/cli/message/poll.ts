/** `openclaw message poll`. */

import { defineCommand } from "../command/command.ts";
import { sendAction, sendOptions } from "./send-action.ts";

/** Asks for votes, where the network can. */
export const command = defineCommand({
  words: [{ name: "question", help: "what to ask", rest: true }],
  options: {
    ...sendOptions,
    option: { kind: "list", value: "text", help: "an answer to choose from; 2 to 12 of them" },
    multiple: { kind: "switch", help: "more than one may be chosen" },
    duration: {
      kind: "number",
      value: "s",
      help: "seconds until it closes; otherwise as the network does it",
      min: 1,
      max: 2_678_400,
    },
  },
  examples: ['message poll "pizza?" --option yes --option no -t telegram:123456'],
  async run({ options, words, terminal, link }) {
    const value = {
      question: words.question,
      options: [...options.option],
      multiple: options.multiple,
      durationSeconds: options.duration ?? 0,
    };
    return sendAction({ options, terminal, link }, () => ({ case: "poll", value }));
  },
});
