/** `openclaw ingress list`. */

import { toJson } from "@bufbuild/protobuf";
import { IngressSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { requireListed } from "../channels/channel-view.ts";
import { defineCommand } from "../command/command.ts";
import { runName } from "../link/names.ts";
import { filterOf, pagingOptions, readPages } from "../link/paging.ts";
import { writeTable } from "../terminal/table.ts";
import { ingressColumns } from "./ingress-view.ts";

/** Lists inbound messages, newest first. */
export const command = defineCommand({
  words: [{ name: "channel", help: "only messages of this channel, e.g. telegram or telegram:work", optional: true }],
  options: {
    ...pagingOptions,
    outcome: {
      kind: "text",
      value: "outcome",
      help: "only messages that became this",
      choices: ["accepted", "command", "context", "pairing", "suppressed", "failed"],
    },
    run: { kind: "text", value: "run", help: "only what this run answers" },
    conversation: { kind: "text", value: "name", help: "only messages of this conversation, by its name" },
  },
  details: `
Every message that came in is here for 30 days, answered or not, with the rule that decided.`,
  examples: ["ingress list --outcome failed", "ingress list telegram --all --json"],
  async run({ options, words, terminal, link, nowMs }) {
    const { ingress, runs, channels } = await link.client();
    const parent = `channels/${(words.channel ?? "-").replace(/^channels\//, "")}`;
    const filter = filterOf([
      ["outcome", options.outcome && `OUTCOME_${options.outcome.toUpperCase()}`],
      ["run", options.run && (await runName(runs, options.run))],
      ["conversation", options.conversation],
    ]);
    const { items, nextPageToken } = await readPages(options, async (pageSize, pageToken) => {
      const page = await ingress.listIngress({ parent, pageSize, pageToken, filter });
      return { items: page.ingress, nextPageToken: page.nextPageToken };
    });
    if (items.length === 0) await requireListed(channels, words.channel);
    if (terminal.json) {
      return terminal.document({ ingress: items.map((item) => toJson(IngressSchema, item)), nextPageToken });
    }
    if (items.length === 0) return terminal.note("no inbound messages");
    writeTable(terminal, ingressColumns(terminal, nowMs), items);
    if (nextPageToken !== "") terminal.note(terminal.errorColors.dim("there are more: --limit, or --all"));
  },
});
