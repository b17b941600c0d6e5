/** `openclaw events watch`. */

import { toJson } from "@bufbuild/protobuf";
import { type Event, EventSchema, SignalSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { unixMs } from "../terminal/moment.ts";
import { fitText } from "../terminal/text-width.ts";
import { changeWord, eventText } from "./event-view.ts";

/** Follows the event log, over every broken connection and restart of the gateway. */
export const command = defineCommand({
  words: [
    { name: "subject", help: 'only this resource, or a pattern: "sessions/*", "sessions/main/**"', optional: true },
  ],
  options: {
    cursor: { kind: "text", value: "cursor", help: "begin after it, not now" },
    subject: { kind: "list", value: "subject", help: "one more subject" },
    signals: { kind: "switch", help: "with --json: also the live output of runs" },
  },
  details: `
Runs until Ctrl+C. With --json, each line is {"event":…}, {"bookmark":{"cursor":…}} or {"signal":…}; everything before a
bookmark has been printed, and its cursor is what --cursor takes.`,
  examples: ["events watch", "events watch 'sessions/main/**' --json"],
  async run({ options, words, terminal, link }) {
    if (options.cursor === "") throw new UsageError("--cursor is empty", "leave it out to begin now");
    const subjects = [...(words.subject ? [words.subject] : []), ...options.subject];
    // One call first: a wrong address or credential is told at once, where the follower would go on trying.
    const client = await link.client();
    const { cursor: head } = await client.gateway.getGateway({});
    if (terminal.isTty && !terminal.json) terminal.note(terminal.errorColors.dim("watching; Ctrl+C ends it"));
    const includeSignals = options.signals && terminal.json;
    const cursor = options.cursor ?? head;
    for await (const step of client.followEvents({
      cursor,
      subjects,
      includeSignals,
      patienceMs: Number.POSITIVE_INFINITY,
    })) {
      if (step.kind === "event") {
        if (terminal.json) terminal.record({ event: toJson(EventSchema, step.event) });
        else terminal.line(eventLine(step.event, terminal.columns));
      } else if (terminal.json) {
        if (step.kind === "bookmark") terminal.record({ bookmark: { cursor: step.cursor, live: step.live } });
        else terminal.record({ signal: toJson(SignalSchema, step.signal) });
      }
    }
  },
});

function eventLine(event: Event, columns: number | undefined): string {
  const time = event.time === undefined ? "" : new Date(unixMs(event.time)).toLocaleTimeString("en-GB");
  const line = `${time}  ${changeWord(event)}  ${event.subject}  ${eventText(event)}`.trimEnd();
  return columns === undefined ? line : fitText(line, columns);
}
