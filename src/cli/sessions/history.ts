/** `openclaw sessions history`. */

import { toJson } from "@bufbuild/protobuf";
import { MessageSchema } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { sessionName } from "../link/names.ts";
import { pagingOptions, readPages } from "../link/paging.ts";
import { writeMessage } from "./message-view.ts";

/** Reads a transcript: the latest messages, in the order they were said. */
export const command = defineCommand({
  words: [{ name: "session", help: "its name; main when left out", optional: true }],
  options: {
    ...pagingOptions,
    generation: {
      kind: "number",
      value: "n",
      help: "an earlier transcript, from before a reset",
      min: 1,
      max: 2 ** 31 - 1,
    },
    around: { kind: "text", value: "message", help: "the messages around this one" },
  },
  details: `
Messages are shown oldest first; --limit takes the latest ones. With --json, tool calls and thinking are whole.`,
  examples: ["sessions history", "sessions history work --limit 5", "sessions history main --around 01K…"],
  async run({ options, words, terminal, link, nowMs }) {
    if (options.around !== undefined && options["page-token"] !== undefined) {
      throw new UsageError("--around and --page-token contradict each other", "leave one of them out");
    }
    const parent = sessionName(words.session ?? "main");
    const around = options.around?.includes("/")
      ? options.around
      : options.around && `${parent}/messages/${options.around}`;
    const { sessions } = await link.client();
    const { items, nextPageToken } = await readPages(options, async (pageSize, pageToken) => {
      const from = pageToken === "" ? { around } : { pageToken };
      const request = { parent, pageSize, generation: options.generation, ...from };
      const page = await sessions.listMessages(request);
      return { items: page.messages, nextPageToken: page.nextPageToken };
    });
    items.reverse();
    if (terminal.json) {
      return terminal.document({ messages: items.map((item) => toJson(MessageSchema, item)), nextPageToken });
    }
    if (items.length === 0) return terminal.note("no messages");
    if (nextPageToken !== "") terminal.note(terminal.errorColors.dim("there are older ones: --limit, or --all"), "");
    for (const message of items) writeMessage(terminal, message, nowMs);
  },
});
