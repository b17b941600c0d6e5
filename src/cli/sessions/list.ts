/** `openclaw sessions list`. */

import { toJson } from "@bufbuild/protobuf";
import { SessionSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { defineCommand } from "../command/command.ts";
import { filterOf, pagingOptions, readPages } from "../link/paging.ts";
import { writeTable } from "../terminal/table.ts";
import { labelPairs } from "./options/labels.ts";
import { sessionColumns } from "./session-view.ts";

/** Lists sessions: pinned first, then the most recently active. */
export const command = defineCommand({
  words: [{ name: "query", help: "words that name or title must contain", optional: true, rest: true }],
  options: {
    ...pagingOptions,
    agent: { kind: "text", value: "agent", help: "only sessions of this agent" },
    kind: {
      kind: "text",
      value: "kind",
      help: "only sessions of this kind",
      choices: ["main", "direct", "group", "job", "subagent", "client"],
    },
    label: { kind: "list", value: "key=value", help: "only sessions with this label" },
    pinned: { kind: "switch", help: "only pinned sessions" },
    archived: { kind: "switch", help: "only archived sessions, which are left out otherwise" },
  },
  examples: ["sessions list", "sessions list holiday --limit 5", "sessions list --label project=garden --json"],
  async run({ options, words, terminal, link, nowMs }) {
    const filter = filterOf([
      ["agent", options.agent && `agents/${options.agent.replace(/^agents\//, "")}`],
      ["kind", options.kind && `KIND_${options.kind.toUpperCase()}`],
      ["pinned", options.pinned ? "true" : undefined],
      ["archived", options.archived ? "true" : undefined],
      ...labelPairs(options.label).map(([key, value]) => [`labels.${key}`, value] as const),
    ]);
    const query = words.query ?? "";
    const { sessions } = await link.client();
    const { items, nextPageToken } = await readPages(options, async (pageSize, pageToken) => {
      const page = await sessions.listSessions({ pageSize, pageToken, filter, query });
      return { items: page.sessions, nextPageToken: page.nextPageToken };
    });
    if (terminal.json) {
      return terminal.document({ sessions: items.map((item) => toJson(SessionSchema, item)), nextPageToken });
    }
    if (items.length === 0) return terminal.note("no sessions");
    writeTable(terminal, sessionColumns(terminal, nowMs), items);
    if (nextPageToken !== "") terminal.note(terminal.errorColors.dim("there are more: --limit, or --all"));
  },
});
