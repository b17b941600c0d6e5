/** People and groups, as far as we see them: those in channels we are in. */

import { create } from "@bufbuild/protobuf";
import {
  type DirectoryEntry,
  DirectoryEntrySchema,
  Conversation_Kind as Kind,
} from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { DirectoryQuery } from "../../core/channel/network.ts";
import { foldName } from "./irc-line.ts";
import type { Roster } from "./irc-roster.ts";

/** What is found; for "members" the query is a channel, otherwise words that must all occur. */
export function lookUp(roster: Roster, { kind, query, limit }: DirectoryQuery): DirectoryEntry[] {
  if (kind === "members") return membersOf(roster, query).slice(0, limit);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ address, title }: DirectoryEntry): boolean =>
    words.every((word) => `${address} ${title}`.toLowerCase().includes(word));
  return entriesOf(roster, kind).filter(fits).slice(0, limit);
}

function membersOf(roster: Roster, channel: string): DirectoryEntry[] {
  return [...(roster.find(channel)?.members.values() ?? [])].sort().map(person);
}

function entriesOf(roster: Roster, kind: "self" | "peers" | "groups"): DirectoryEntry[] {
  if (kind === "self") return [person(roster.nick)];
  if (kind === "groups") {
    return roster.channels.map(({ name, topic }) => {
      return create(DirectoryEntrySchema, { address: foldName(name), title: topic || name, kind: Kind.GROUP });
    });
  }
  const nicks = new Map(roster.channels.flatMap(({ members }) => [...members]));
  return [...nicks.values()]
    .filter((nick) => !roster.isSelf(nick))
    .sort()
    .map(person);
}

function person(nick: string): DirectoryEntry {
  return create(DirectoryEntrySchema, { address: foldName(nick), title: nick, kind: Kind.DIRECT });
}
