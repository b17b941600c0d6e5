/** Sessions as people read them. */

import type { SessionJson } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { lastPart } from "../link/names.ts";
import { ago, grouped } from "../terminal/moment.ts";
import { plainLine } from "../terminal/plain-text.ts";
import { type Column, writePairs } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Columns of a list of sessions. */
export function sessionColumns(terminal: Terminal, nowMs: number): Column<SessionJson>[] {
  const { cyan, yellow } = terminal.colors;
  return [
    { title: "session", cell: (session) => lastPart(session.name), shrinks: true, paint: cyan },
    { title: "title", cell: (session) => plainLine(session.title ?? ""), shrinks: true },
    { title: "state", cell: sessionState, paint: yellow },
    { title: "messages", cell: (session) => grouped(session.messageCount), right: true },
    { title: "tokens", cell: (session) => (session.contextTokens ? grouped(session.contextTokens) : ""), right: true },
    { title: "active", cell: (session) => ago(session.activeTime ?? session.createTime, nowMs) },
  ];
}

/** Writes everything about one session. */
export function writeSession(terminal: Terminal, session: SessionJson, nowMs: number): void {
  const { settings = {}, labels = {} } = session;
  writePairs(terminal, [
    ["name", session.name],
    ["title", plainLine(session.title ?? "")],
    ["state", sessionState(session) || "idle"],
    ["kind", kindWord(session.kind)],
    ["agent", lastPart(session.agent)],
    ["forked from", session.parent],
    ["generation", String(session.generation ?? 1)],
    ["messages", grouped(session.messageCount)],
    ["context", session.contextTokens ? `${grouped(session.contextTokens)} tokens` : undefined],
    ["model", settings.model],
    ["thinking", settings.thinking],
    ["max output", settings.maxOutputTokens ? `${grouped(settings.maxOutputTokens)} tokens` : undefined],
    [
      "labels",
      plainLine(
        Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(" "),
      ),
    ],
    ["created", ago(session.createTime, nowMs)],
    ["active", ago(session.activeTime ?? session.createTime, nowMs)],
    ["active run", session.activeRun],
  ]);
}

function sessionState(session: SessionJson): string {
  const queued = session.queuedRunCount ?? 0;
  const parts = [
    session.activeRun ? "busy" : "",
    queued > 0 ? `${queued} queued` : "",
    session.pinned ? "pinned" : "",
    session.archived ? "archived" : "",
  ];
  return parts.filter(Boolean).join(", ");
}

function kindWord(kind: SessionJson["kind"]): string {
  return (kind ?? "").replace("KIND_", "").toLowerCase();
}
