/** `openclaw directory`. */

import { toJson } from "@bufbuild/protobuf";
import {
  Conversation_KindSchema,
  type DirectoryEntry,
  DirectoryEntrySchema,
} from "../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { GatewayClient } from "../client/client.ts";
import { channelFrom } from "./channels/channel-view.ts";
import { defineCommand } from "./command/command.ts";
import { UsageError } from "./command/usage-error.ts";
import { allChannels } from "./link/paging.ts";
import { enumWord } from "./terminal/enum-word.ts";
import { plainLine } from "./terminal/plain-text.ts";
import { writeTable } from "./terminal/table.ts";

const kinds = ["self", "peers", "groups", "members"];

/** Asks a network for people and groups. */
export const command = defineCommand({
  words: [
    { name: "kind", help: "self, peers, groups, or members of a group" },
    { name: "query", help: "words to look for; with members, the address of the group", optional: true, rest: true },
  ],
  options: {
    channel: {
      kind: "text",
      value: "channel",
      help: 'which one: "irc", "telegram:work"; needed when there are several',
    },
    limit: { kind: "number", value: "n", help: "at most this many", min: 1, max: 200, fallback: 50 },
  },
  examples: ["directory groups --channel irc", "directory members '#openclaw' --channel irc"],
  async run({ options, words, terminal, link }) {
    const { kind, query = "" } = words;
    if (!kinds.includes(kind)) throw new UsageError(`"${kind}" is nothing to look up`, `use ${kinds.join(", ")}`);
    const { channels } = await link.client();
    const parent = options.channel === undefined ? await onlyChannel(channels) : channelFrom(options.channel);
    const { entries } = await channels.lookUpDirectory({ parent, kind, query, pageSize: options.limit });
    if (terminal.json) return terminal.document({ entries: entries.map((one) => toJson(DirectoryEntrySchema, one)) });
    if (entries.length === 0) return terminal.note("nothing found");
    writeTable<DirectoryEntry>(
      terminal,
      [
        { title: "address", cell: ({ address }) => plainLine(address), paint: terminal.colors.cyan },
        { title: "kind", cell: (entry) => enumWord(Conversation_KindSchema, entry.kind) },
        { title: "title", cell: ({ title }) => plainLine(title), shrinks: true },
      ],
      entries,
    );
  },
});

async function onlyChannel(channels: GatewayClient["channels"]): Promise<string> {
  const known = await allChannels(channels);
  const [only] = known;
  if (only !== undefined && known.length === 1) return only.name;
  throw new UsageError("it is not said which channel to ask", "add --channel; see: openclaw channels list");
}
