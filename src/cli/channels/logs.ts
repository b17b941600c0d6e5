/** `openclaw channels logs`. */

import type { LogRecord } from "../../../gen/openclaw/gateway/v1/log_pb.ts";
import { followLogs } from "../../client/follow-logs.ts";
import { defineCommand } from "../command/command.ts";
import { allChannels } from "../link/paging.ts";
import { prettyRecord, recordOf } from "../logs/record-view.ts";
import { channelFrom, channelId, requireChannel } from "./channel-view.ts";

/** Lines that are searched for those of one channel: all the gateway gives. */
const searched = 5_000;
const components = ["channels"];

/** Shows what the gateway wrote about its channels. */
export const command = defineCommand({
  words: [{ name: "channel", help: "only this one", optional: true }],
  options: {
    lines: { kind: "number", value: "n", help: "begin with this many", min: 1, max: 5_000, fallback: 200 },
    follow: { kind: "switch", short: "f", help: "go on with lines as they are written, over restarts of the gateway" },
  },
  examples: ["channels logs irc --follow"],
  async run({ options, words, terminal, link }) {
    const { gateway, channels } = await link.client();
    const name = words.channel === undefined ? undefined : channelFrom(words.channel);
    if (name !== undefined) requireChannel(await allChannels(channels), name);
    const isWanted = (record: LogRecord): boolean => name === undefined || recordOf(record).fields.channel === name;
    const show = (record: LogRecord): void => {
      if (terminal.json) terminal.record(recordOf(record));
      else terminal.line(prettyRecord(recordOf(record), terminal.colors));
    };
    const { lines, follow } = options;
    const kept: LogRecord[] = [];
    let cursor = "";
    for await (const frame of gateway.tailLogs({ backlog: name === undefined ? lines : searched, components })) {
      kept.push(...frame.records.filter(isWanted));
      cursor = frame.cursor;
    }
    kept.slice(-lines).forEach(show);
    if (!follow) {
      if (kept.length === 0) terminal.note(`nothing is in the log of ${name ? channelId({ name }) : "any channel"}`);
      return;
    }
    const patience = { patienceMs: Number.POSITIVE_INFINITY };
    for await (const { records } of followLogs(gateway, { components, cursor, backlog: 0 }, patience)) {
      records.filter(isWanted).forEach(show);
    }
  },
});
