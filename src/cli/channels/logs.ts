/** `openclaw channels logs`. */

import type { LogRecord } from "../../../gen/openclaw/gateway/v1/log_pb.ts";
import { defineCommand } from "../command/command.ts";
import { prettyRecord, recordOf } from "../logs/record-view.ts";
import { channelFrom } from "./channel-view.ts";

/** Shows what the gateway wrote about its channels. */
export const command = defineCommand({
  words: [{ name: "channel", help: "only this one", optional: true }],
  options: {
    lines: { kind: "number", value: "n", help: "begin with this many", min: 1, max: 5_000, fallback: 200 },
    follow: { kind: "switch", short: "f", help: "go on with lines as they are written" },
  },
  examples: ["channels logs irc --follow"],
  async run({ options, words, terminal, link }) {
    const name = words.channel === undefined ? undefined : channelFrom(words.channel);
    const { gateway } = await link.client();
    const isWanted = (record: LogRecord): boolean => name === undefined || recordOf(record).fields.channel === name;
    const { lines: backlog, follow } = options;
    for await (const { records } of gateway.tailLogs({ backlog, follow, components: ["channels"] })) {
      for (const record of records.filter(isWanted)) {
        if (terminal.json) terminal.record(recordOf(record));
        else terminal.line(prettyRecord(recordOf(record), terminal.colors));
      }
    }
  },
});
