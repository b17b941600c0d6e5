/** People and rooms, as far as we see them: those of rooms we are in, and invitations that wait. */

import { type DirectoryEntry, Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { directoryEntry as entry, fitsQuery } from "../../../core/channel/conversation/directory-entry.ts";
import type { DirectoryQuery } from "../../../core/channel/network.ts";
import { path } from "../matrix-api.ts";
import { listAt } from "../matrix-json.ts";
import type { MatrixSession } from "../matrix-session.ts";
import type { MatrixInvites } from "./matrix-invites.ts";
import type { MatrixRooms, Room } from "./matrix-rooms.ts";

/** Rooms looked at for one question. */
const maxRooms = 200;

/** What is looked in. */
export interface DirectoryRooms {
  readonly session: MatrixSession;
  readonly rooms: MatrixRooms;
  readonly invites: MatrixInvites;
  readonly signal: AbortSignal;
}

/** What is found; for "members" the query is a room, otherwise words that must all occur. */
export async function lookUp(
  { session, rooms, invites, signal }: DirectoryRooms,
  { kind, query, limit }: DirectoryQuery,
): Promise<DirectoryEntry[]> {
  if (kind === "members") return peopleOf([await rooms.get(query, signal)]).slice(0, limit);
  const fits = fitsQuery(query);
  if (kind === "self") return [entry(session.userId, session.userId, Kind.DIRECT)].filter(fits);
  const answer = await session.api.call({ method: "GET", path: path`/client/v3/joined_rooms`, signal });
  const ids = listAt(answer, "joined_rooms").map(String).slice(0, maxRooms);
  const joined: Room[] = [];
  for (const id of ids) joined.push(await rooms.get(id, signal));
  if (kind === "peers") {
    return peopleOf(joined)
      .filter(({ address }) => address !== session.userId)
      .filter(fits)
      .slice(0, limit);
  }
  const waiting = invites.waiting.map(({ room, title, sender }) =>
    entry(room, `${title} (${sender} invites)`, Kind.GROUP),
  );
  const groups = joined.filter(({ direct }) => !direct).map(({ id, title }) => entry(id, title, Kind.GROUP));
  return [...groups, ...waiting].filter(fits).slice(0, limit);
}

function peopleOf(rooms: readonly Room[]): DirectoryEntry[] {
  const people = new Map(rooms.flatMap(({ members }) => [...members]));
  return [...people].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, title]) => entry(id, title, Kind.DIRECT));
}
