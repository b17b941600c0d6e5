/** Sessions as people read them. */

import { type Session, Session_KindSchema } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { lastPart } from "../link/names.ts";
import { enumWord } from "../terminal/enum-word.ts";
import { ago, grouped } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { type Column, writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Columns of a list of sessions. */
export function sessionColumns(terminal: Terminal, nowMs: number): Column<Session>[] {
  const { cyan, yellow } = terminal.colors;
  return [
    { title: "session", cell: (session) => lastPart(session.name), shrinks: true, paint: cyan },
    { title: "title", cell: (session) => plainLine(session.title), shrinks: true },
    { title: "state", cell: sessionState, paint: yellow },
    { title: "messages", cell: (session) => grouped(session.messageCount), right: true },
    { title: "tokens", cell: ({ contextTokens }) => (contextTokens ? grouped(contextTokens) : ""), right: true },
    { title: "active", cell: (session) => ago(session.activeTime ?? session.createTime, nowMs) },
  ];
}

/** Writes everything about one session. */
export function writeSession(terminal: Terminal, session: Session, nowMs: number): void {
  const { settings, labels, contextTokens } = session;
  const labelTexts = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  writePairs(terminal, [
    ["name", session.name],
    ["title", plainLine(session.title)],
    ["state", sessionState(session) || "idle"],
    ["kind", enumWord(Session_KindSchema, session.kind)],
    ["agent", lastPart(session.agent)],
    ["forked from", session.parent],
    ["generation", String(session.generation)],
    ["messages", grouped(session.messageCount)],
    ["context", contextTokens ? `${grouped(contextTokens)} tokens` : undefined],
    ["summary", session.summary],
    ["model", plainLine(settings?.model ?? "")],
    ["thinking", settings?.thinking],
    ["max output", settings?.maxOutputTokens ? `${grouped(settings.maxOutputTokens)} tokens` : undefined],
    ["on channels", chatText(session)],
    ["labels", plainLine(labelTexts.join(" "))],
    ["created", ago(session.createTime, nowMs)],
    ["active", ago(session.activeTime ?? session.createTime, nowMs)],
    ["active run", session.activeRun],
  ]);
}

/** What differs on channels from the configuration. */
function chatText({ chat }: Session): string {
  const { send, activation, usage, queueMode, queueDebounceMs, queueCap } = chat ?? {};
  const waiting = { queue: queueMode, "queue-debounce": queueDebounceMs, "queue-cap": queueCap };
  const set = Object.entries({ send, activation, usage, ...waiting }).filter(([, value]) => value !== undefined);
  return set.map(([name, value]) => `${name}=${value}`).join(" ");
}

function sessionState({ activeRun, queuedRunCount, pinned, archived }: Session): string {
  const parts = [
    activeRun ? "busy" : "",
    queuedRunCount > 0 ? `${queuedRunCount} queued` : "",
    pinned ? "pinned" : "",
    archived ? "archived" : "",
  ];
  return parts.filter(Boolean).join(", ");
}
