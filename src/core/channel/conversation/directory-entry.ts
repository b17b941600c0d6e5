/** What networks find when somebody looks up people and groups. */

import { create } from "@bufbuild/protobuf";
import {
  type DirectoryEntry,
  DirectoryEntrySchema,
  type Conversation_Kind as Kind,
} from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";

/** One person or group. */
export function directoryEntry(address: string, title: string, kind: Kind): DirectoryEntry {
  return create(DirectoryEntrySchema, { address, title, kind });
}

/** The words of a query, in lower case. */
export function queryWords(query: string): string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Tells whether an entry has all words of the query, in its address or title. */
export function fitsQuery(query: string): (entry: DirectoryEntry) => boolean {
  const words = queryWords(query);
  return ({ address, title }) => {
    const text = `${address} ${title}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
