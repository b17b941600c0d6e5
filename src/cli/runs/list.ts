/** `openclaw runs list`. */

import { toJson } from "@bufbuild/protobuf";
import { RunSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { defineCommand } from "../command/command.ts";
import { lastPart, sessionName } from "../link/names.ts";
import { filterOf, pagingOptions, readPages } from "../link/paging.ts";
import { writeTable } from "../terminal/table.ts";
import { runColumns } from "./run-view.ts";

/** Lists runs, newest first. */
export const command = defineCommand({
  words: [{ name: "session", help: "only runs of this session", optional: true }],
  options: {
    ...pagingOptions,
    state: {
      kind: "text",
      value: "state",
      help: "only runs in this state",
      choices: ["queued", "running", "blocked", "succeeded", "failed", "cancelled"],
    },
    trigger: {
      kind: "text",
      value: "trigger",
      help: "only runs asked for by this",
      choices: ["client", "channel", "job", "heartbeat", "run", "system"],
    },
    model: { kind: "text", value: "provider/model", help: "only runs answered by this model" },
    agent: { kind: "text", value: "agent", help: "only runs of this agent" },
  },
  examples: ["runs list", "runs list main --state failed", "runs list --all --json"],
  async run({ options, words, terminal, link, nowMs }) {
    const parent = sessionName(words.session ?? "-");
    const filter = filterOf([
      ["state", options.state && `STATE_${options.state.toUpperCase()}`],
      ["trigger", options.trigger && `TRIGGER_${options.trigger.toUpperCase()}`],
      ["model", options.model],
      ["agent", options.agent && `agents/${lastPart(options.agent)}`],
    ]);
    const { runs } = await link.client();
    const { items, nextPageToken } = await readPages(options, async (pageSize, pageToken) => {
      const page = await runs.listRuns({ parent, pageSize, pageToken, filter });
      return { items: page.runs, nextPageToken: page.nextPageToken };
    });
    if (terminal.json) return terminal.document({ runs: items.map((item) => toJson(RunSchema, item)), nextPageToken });
    if (items.length === 0) return terminal.note("no runs");
    writeTable(terminal, runColumns(terminal, nowMs), items);
    if (nextPageToken !== "") terminal.note(terminal.errorColors.dim("there are more: --limit, or --all"));
  },
});
