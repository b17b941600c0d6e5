/** `openclaw deliveries list`. */

import { toJson } from "@bufbuild/protobuf";
import { DeliverySchema } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { requireListed } from "../channels/channel-view.ts";
import { defineCommand } from "../command/command.ts";
import { runName } from "../link/names.ts";
import { filterOf, pagingOptions, readPages } from "../link/paging.ts";
import { writeTable } from "../terminal/table.ts";
import { deliveryColumns } from "./delivery-view.ts";

/** Lists deliveries, newest first. */
export const command = defineCommand({
  words: [{ name: "channel", help: "only deliveries of this channel, e.g. telegram or telegram:work", optional: true }],
  options: {
    ...pagingOptions,
    state: {
      kind: "text",
      value: "state",
      help: "only deliveries in this state",
      choices: ["queued", "sending", "sent", "failed", "ambiguous", "expired", "discarded"],
    },
    run: { kind: "text", value: "run", help: "only what this run sent" },
    conversation: { kind: "text", value: "name", help: "only what goes to this conversation, by its name" },
    message: { kind: "text", value: "name", help: "only what carries this message of a transcript, by its name" },
  },
  examples: ["deliveries list --state failed", "deliveries list telegram --all --json"],
  async run({ options, words, terminal, link, nowMs }) {
    const { deliveries, runs, channels } = await link.client();
    const parent = `channels/${(words.channel ?? "-").replace(/^channels\//, "")}`;
    const filter = filterOf([
      ["state", options.state && `STATE_${options.state.toUpperCase()}`],
      ["run", options.run && (await runName(runs, options.run))],
      ["conversation", options.conversation],
      ["message", options.message],
    ]);
    const { items, nextPageToken } = await readPages(options, async (pageSize, pageToken) => {
      const page = await deliveries.listDeliveries({ parent, pageSize, pageToken, filter });
      return { items: page.deliveries, nextPageToken: page.nextPageToken };
    });
    if (items.length === 0) await requireListed(channels, words.channel);
    if (terminal.json) {
      return terminal.document({ deliveries: items.map((item) => toJson(DeliverySchema, item)), nextPageToken });
    }
    if (items.length === 0) return terminal.note("no deliveries");
    writeTable(terminal, deliveryColumns(terminal, nowMs), items);
    if (nextPageToken !== "") terminal.note(terminal.errorColors.dim("there are more: --limit, or --all"));
  },
});
