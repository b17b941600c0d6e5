/** `openclaw sessions search`. */

import { create, toJson } from "@bufbuild/protobuf";
import { MessageSchema } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { SearchMessagesResponse_HitSchema } from "../../../gen/openclaw/gateway/v1/session_service_pb.ts";
import { defineCommand } from "../command/command.ts";
import { lastPart, sessionName, sessionPart } from "../link/names.ts";
import { filterOf, pagingOptions, readPages } from "../link/paging.ts";
import { ago } from "../terminal/moment.ts";
import { plainLine, plainText } from "../terminal/plain-text.ts";
import { roleWord } from "./message-view.ts";

/** Full-text search over what people and agents said. */
export const command = defineCommand({
  words: [{ name: "query", help: 'words that must all occur; "words in quotes" must stand together', rest: true }],
  options: {
    ...pagingOptions,
    session: { kind: "text", value: "session", help: "only in this session" },
    role: { kind: "text", value: "role", help: "only what this side said", choices: ["user", "assistant"] },
  },
  examples: ["sessions search garden hose", `sessions search '"exact words"' --session main`],
  async run({ options, words, terminal, link, nowMs }) {
    const filter = filterOf([
      ["session", options.session && sessionName(options.session)],
      ["role", options.role && `ROLE_${options.role.toUpperCase()}`],
    ]);
    const { sessions } = await link.client();
    const { items, nextPageToken } = await readPages(options, async (pageSize, pageToken) => {
      const page = await sessions.searchMessages({ query: words.query, pageSize, pageToken, filter });
      return { items: page.hits, nextPageToken: page.nextPageToken };
    });
    if (terminal.json) {
      const hits = items.map((item) => toJson(SearchMessagesResponse_HitSchema, item));
      return terminal.document({ hits, nextPageToken });
    }
    if (items.length === 0) return terminal.note(`nothing is found for "${plainLine(words.query)}"`);
    const { bold, dim, yellow } = terminal.colors;
    for (const { message = create(MessageSchema), snippet } of items) {
      const where = `${sessionPart(message.name)}, ${roleWord(message)}, ${ago(message.createTime, nowMs)}`;
      terminal.line(`${bold(where)} ${dim(lastPart(message.name))}`);
      const pieces = snippet.split(/\u0002([^\u0003]*)\u0003/).map((piece, at) => {
        const text = plainText(piece).replace(/\s+/g, " ");
        return at % 2 === 1 ? yellow(text) : text;
      });
      terminal.line(`  ${pieces.join("").trim()}`, "");
    }
    if (nextPageToken !== "") terminal.note(terminal.errorColors.dim("there are more: --limit, or --all"));
  },
});
