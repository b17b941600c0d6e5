/** `openclaw message send`. */

import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { attachFiles } from "../link/attach-files.ts";
import { buttonOption, buttonRows } from "./button-option.ts";
import { sendAction, sendOptions } from "./send-action.ts";

/** Sends text and files to a conversation, without an agent. */
export const command = defineCommand({
  words: [],
  options: {
    ...sendOptions,
    message: { kind: "text", short: "m", value: "text", help: "what to say; - reads it from standard input" },
    media: { kind: "list", value: "file", help: "a file to send with it; may be repeated" },
    button: buttonOption,
    "reply-to": { kind: "text", value: "id", help: "message it answers: the network's id" },
    silent: { kind: "switch", help: "do not make the receiver's device sound" },
  },
  details: `
Returns when the gateway has it safe; the network is told then, and again if it has to be. --wait waits for that.`,
  examples: [
    'message send --channel telegram -t 123456 -m "dinner is ready"',
    "message send -t irc:#home -m - --wait < notes.txt",
    "message send -t telegram:123456 --media photo.jpg -m here",
    "message send -t telegram:123456 -m 'Dinner at seven?' --button 'Yes=I will be there|No=I cannot come'",
  ],
  async run({ options, terminal, link }) {
    const text = options.message === "-" ? await readAll(terminal.stdin) : (options.message ?? "");
    if (text.trim() === "" && options.media.length === 0) {
      throw new UsageError("there is nothing to send", 'write: openclaw message send -t … -m "…"');
    }
    return sendAction({ options, terminal, link }, async (client) => {
      const files = await attachFiles(client, options.media);
      const parts = [
        ...(text.trim() === "" ? [] : [{ kind: { case: "text" as const, value: text } }]),
        ...files.map((value) => ({ kind: { case: "attachment" as const, value } })),
      ];
      const buttons = buttonRows(options.button);
      const value = { parts, replyTo: options["reply-to"] ?? "", silent: options.silent, buttons };
      return { case: "content", value };
    });
  },
});

async function readAll(input: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  input.setEncoding("utf8");
  for await (const piece of input) text += piece;
  return text;
}
