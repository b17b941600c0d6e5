/** Events as people read them. */

import type { EventJson } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { ago } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Columns of a list of events. */
export function eventColumns(terminal: Terminal, nowMs: number): Column<EventJson>[] {
  return [
    { title: "sequence", cell: (event) => event.sequence ?? "", right: true, paint: terminal.colors.dim },
    { title: "when", cell: (event) => ago(event.time, nowMs) },
    { title: "change", cell: changeWord },
    { title: "subject", cell: (event) => plainLine(event.subject ?? ""), shrinks: true, paint: terminal.colors.cyan },
    { title: "what", cell: eventText, shrinks: true },
    { title: "by", cell: (event) => plainLine(event.actor ?? "") },
  ];
}

/** "created", "updated" or "deleted". */
export function changeWord(event: EventJson): string {
  return (event.change ?? "").replace("CHANGE_", "").toLowerCase();
}

/** What the resource is now, in a few words; may be empty. */
export function eventText({ run, message, toolCall, session, gateway }: EventJson): string {
  if (run) return (run.state ?? "").replace("STATE_", "").toLowerCase();
  if (toolCall) return `${toolCall.tool} ${(toolCall.state ?? "").replace("STATE_", "").toLowerCase()}`;
  if (gateway) return (gateway.state ?? "").replace("STATE_", "").toLowerCase();
  if (session) return plainLine(session.title ?? "");
  if (!message) return "";
  const text = (message.parts ?? []).map((part) => part.text ?? "").join(" ");
  return plainLine(`${(message.role ?? "").replace("ROLE_", "").toLowerCase()}: ${text}`);
}
