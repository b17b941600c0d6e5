/** People and groups, as far as we see them: those in channels we are in. */

import { type DirectoryEntry, Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { directoryEntry, fitsQuery } from "../../core/channel/conversation/directory-entry.ts";
import type { DirectoryQuery } from "../../core/channel/network.ts";
import type { Roster } from "./irc-roster.ts";

/** What is found; for "members" the query is a channel, otherwise words that must all occur. */
export function lookUp(roster: Roster, { kind, query, limit }: DirectoryQuery): DirectoryEntry[] {
  if (kind === "members") return membersOf(roster, query).slice(0, limit);
  return entriesOf(roster, kind).filter(fitsQuery(query)).slice(0, limit);
}

function membersOf(roster: Roster, channel: string): DirectoryEntry[] {
  return [...(roster.find(channel)?.members.values() ?? [])].sort().map(personOf(roster));
}

function entriesOf(roster: Roster, kind: "self" | "peers" | "groups"): DirectoryEntry[] {
  if (kind === "self") return [personOf(roster)(roster.nick)];
  if (kind === "groups") {
    return roster.channels.map(({ name, topic }) => {
      return directoryEntry(roster.fold(name), topic || name, Kind.GROUP);
    });
  }
  const nicks = new Map(roster.channels.flatMap(({ members }) => [...members]));
  return [...nicks.values()]
    .filter((nick) => !roster.isSelf(nick))
    .sort()
    .map(personOf(roster));
}

function personOf(roster: Roster): (nick: string) => DirectoryEntry {
  return (nick) => directoryEntry(roster.fold(nick), nick, Kind.DIRECT);
}
