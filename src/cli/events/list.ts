/** `openclaw events list`. */

import { toJson } from "@bufbuild/protobuf";
import { type Event, EventSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage-error.ts";
import { writeTable } from "../terminal/table.ts";
import { eventColumns } from "./event-view.ts";

const largestPage = 200;

/** Reads the event log; the latest events unless told otherwise. */
export const command = defineCommand({
  words: [
    { name: "subject", help: 'only this resource, or a pattern: "sessions/*", "sessions/main/**"', optional: true },
  ],
  options: {
    limit: { kind: "number", value: "n", help: "at most this many", min: 1, max: 100_000, fallback: 20 },
    all: { kind: "switch", help: "the whole log" },
    cursor: { kind: "text", value: "cursor", help: "only what came after it" },
    subject: { kind: "list", value: "subject", help: "one more subject" },
  },
  details: `
Events are shown oldest first. Without --cursor these are the latest ones; with it, the first ones after it.
With --json, "cursor" is where to go on.`,
  examples: ["events list", "events list 'sessions/main/**' --limit 100", "events list --all --json"],
  async run({ options, words, terminal, link, nowMs }) {
    if (options.cursor === "") throw new UsageError("--cursor is empty", "leave it out for the latest events");
    const subjects = [...(words.subject ? [words.subject] : []), ...options.subject];
    const newestFirst = options.cursor === undefined && !options.all;
    const wanted = options.all ? Number.POSITIVE_INFINITY : options.limit;
    const { events: log } = await link.client();
    const events: Event[] = [];
    let cursor = options.cursor ?? "";
    for (let atEnd = false; !atEnd && events.length < wanted; ) {
      const pageSize = Math.min(largestPage, wanted - events.length);
      const page = await log.listEvents({ cursor, pageSize, subjects, newestFirst });
      events.push(...page.events);
      cursor = page.cursor;
      atEnd = page.atEnd;
    }
    if (newestFirst) events.reverse();
    if (terminal.json) {
      const documents = events.map((event) => toJson(EventSchema, event));
      return terminal.document({ events: documents, ...(newestFirst ? {} : { cursor }) });
    }
    if (events.length === 0) return terminal.note("no events");
    writeTable(terminal, eventColumns(terminal, nowMs), events);
  },
});
