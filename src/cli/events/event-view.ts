/** Events as people read them. */

import { Channel_StateSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type Event, Event_ChangeSchema } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Gateway_StateSchema } from "../../../gen/openclaw/gateway/v1/gateway_pb.ts";
import { Run_StateSchema, ToolCall_StateSchema } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { roleWord } from "../sessions/message-view.ts";
import { enumWord } from "../terminal/enum-word.ts";
import { ago } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Columns of a list of events. */
export function eventColumns(terminal: Terminal, nowMs: number): Column<Event>[] {
  return [
    { title: "sequence", cell: (event) => String(event.sequence), right: true, paint: terminal.colors.dim },
    { title: "when", cell: (event) => ago(event.time, nowMs) },
    { title: "change", cell: changeWord },
    { title: "subject", cell: (event) => plainLine(event.subject), shrinks: true, paint: terminal.colors.cyan },
    { title: "what", cell: eventText, shrinks: true },
    { title: "by", cell: (event) => plainLine(event.actor) },
  ];
}

/** "created", "updated" or "deleted". */
export function changeWord({ change }: Event): string {
  return enumWord(Event_ChangeSchema, change);
}

/** What the resource is now, in a few words; may be empty. */
export function eventText({ resource }: Event): string {
  switch (resource.case) {
    case "run":
      return enumWord(Run_StateSchema, resource.value.state);
    case "toolCall":
      return plainLine(`${resource.value.tool} ${enumWord(ToolCall_StateSchema, resource.value.state)}`);
    case "gateway":
      return enumWord(Gateway_StateSchema, resource.value.state);
    case "channel":
      return enumWord(Channel_StateSchema, resource.value.state);
    case "session":
      return plainLine(resource.value.title);
    case "message": {
      const texts = resource.value.parts.map(({ kind }) => (kind.case === "text" ? kind.value : ""));
      return plainLine(`${roleWord(resource.value)}: ${texts.join(" ")}`);
    }
    default:
      return "";
  }
}
