/** Listing sessions: which ones, in which order, from where on. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Session_Kind as Kind, type Session } from "../../../gen/openclaw/gateway/v1/session_pb.ts";
import { encodePageToken } from "../../lib/page-token.ts";
import { booleanValue, conditions, enumValue, pageKey, pageSize, withinPage } from "../paging.ts";
import type { Store } from "../store.ts";
import { sessionBytes } from "./session-fields.ts";
import type { SessionPlace, SessionQuery } from "./session-table.ts";

/** A page of sessions: pinned first, then the most recently active. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  readonly nextPageToken: string;
  /** Event-log position it reflects. */
  readonly sequence: number;
}

/** What to list. */
export interface ListSessions {
  readonly pageSize: number;
  readonly pageToken: string;
  readonly filter: string;
  readonly query: string;
}

/** Reads a page. Fails with FIELD_INVALID. */
export async function listSessions(store: Store, request: ListSessions): Promise<SessionPage> {
  const query = `sessions ${request.filter}\n${request.query}`;
  const key = pageKey(request.pageToken, query, ["boolean", "number", "string"]);
  const limit = pageSize(request.pageSize);
  const words = request.query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const rows = { ...sessionFilter(request.filter), words, after: key && placeFrom(key), limit: limit + 1 };
  return store.read(async ({ sessions, events }) => {
    const found = await sessions.list(rows);
    const page = withinPage(found.slice(0, limit), sessionBytes);
    const last = page.at(-1);
    const more = found.length > page.length && last !== undefined;
    return {
      sessions: page,
      nextPageToken: more ? encodePageToken(query, keyOf(last)) : "",
      sequence: await events.head(),
    };
  });
}

function keyOf(session: Session): [boolean, number, string] {
  return [session.pinned, session.activeTime === undefined ? 0 : timestampMs(session.activeTime), session.name];
}

function placeFrom([pinned, activeTimeMs, name]: readonly (string | number | boolean)[]): SessionPlace {
  return { pinned: pinned === true, activeTimeMs: Number(activeTimeMs), name: String(name) };
}

function sessionFilter(filter: string): Omit<SessionQuery, "limit"> {
  const query: { -readonly [Field in keyof SessionQuery]?: SessionQuery[Field] } = { archived: false };
  const labels: Record<string, string> = {};
  for (const condition of conditions(filter, ["agent", "kind", "archived", "pinned", "parent", "labels.*"])) {
    const { field, value } = condition;
    if (field === "kind") query.kind = enumValue(condition, Kind);
    else if (field === "archived" || field === "pinned") query[field] = booleanValue(condition);
    else if (field === "agent" || field === "parent") query[field] = value;
    else labels[field.slice("labels.".length)] = value;
  }
  return { ...query, labels };
}
