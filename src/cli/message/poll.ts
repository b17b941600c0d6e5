/** `openclaw message poll`. */

import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { sendAction, sendOptions } from "./send-action.ts";

/** Asks for votes, where the network can. */
export const command = defineCommand({
  words: [{ name: "question", help: "what to ask", rest: true, optional: true }],
  options: {
    ...sendOptions,
    option: { kind: "list", value: "text", help: "an answer to choose from; 2 to 12 of them" },
    multiple: { kind: "switch", help: "more than one may be chosen" },
    "poll-question": { kind: "text", value: "text", help: "what to ask, as an option" },
    "poll-option": { kind: "list", value: "text", help: "the same as --option" },
    "poll-multi": { kind: "switch", help: "the same as --multiple" },
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
    const { "poll-question": asOption } = options;
    if (words.question !== undefined && asOption !== undefined) {
      throw new UsageError("the question is given twice", "leave out --poll-question");
    }
    const question = words.question ?? asOption;
    if (question === undefined) {
      throw new UsageError("there is nothing to ask", 'write: openclaw message poll "…" --option … --option …');
    }
    const value = {
      question,
      options: [...options.option, ...options["poll-option"]],
      multiple: options.multiple || options["poll-multi"],
      durationSeconds: options.duration ?? 0,
    };
    return sendAction({ options, terminal, link }, () => ({ case: "poll", value }));
  },
});
