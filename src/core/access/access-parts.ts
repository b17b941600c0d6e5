/** What the parts of access are built from, and what they do alike. */

import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { Clock } from "../../lib/clock.ts";
import { encodePageToken } from "../../lib/page-token.ts";
import type { Changes } from "../changes.ts";
import { invalidField } from "../errors.ts";
import { pageKey, pageSize, withinPage } from "../paging.ts";
import type { Recorder } from "../recorder.ts";
import type { ReadTables, Store } from "../store.ts";
import type { EndReason } from "./access-failures.ts";
import type { HolderReader } from "./access-table.ts";
import type { Credentials } from "./credentials.ts";

/** Longest title of a device. */
export const maxTitleLength = 100;

/** About how large a token, device or pairing request is without its commands. */
export const holderBytes = 1_024;

/** What every part of access needs. */
export interface AccessParts {
  readonly store: Store;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly credentials: Credentials;
}

/** Which page of a list. */
export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

/** A page, and the position of the event log it reflects. */
export interface AccessPage<Resource> {
  readonly items: readonly Resource[];
  readonly nextPageToken: string;
  readonly sequence: number;
}

/** One kind of holders, and how a page of it is bounded. */
interface HolderList<Resource> {
  readonly title: string;
  tableOf(tables: ReadTables): HolderReader<Resource>;
  /** About how large one is. */
  readonly bytesOf: (resource: Resource) => number;
}

/** A page of the holders of one kind, by name. Fails with FIELD_INVALID. */
export function listHolders<Resource extends { readonly name: string }>(
  store: Store,
  { pageSize: wanted, pageToken }: PageRequest,
  kind: HolderList<Resource>,
): Promise<AccessPage<Resource>> {
  const after = String(pageKey(pageToken, kind.title, ["string"])?.[0] ?? "");
  const limit = pageSize(wanted);
  return store.read(async (tables) => {
    const found = await kind.tableOf(tables).list(after, limit + 1);
    const resources = found.slice(0, limit).map(({ resource }) => resource);
    const items = withinPage(resources, kind.bytesOf);
    const last = found.length > items.length ? items.at(-1) : undefined;
    return {
      items,
      nextPageToken: last === undefined ? "" : encodePageToken(kind.title, [last.name]),
      sequence: await tables.events.head(),
    };
  });
}

/** About how large what has these commands is: nothing else of a device or a request for one grows. */
export function bytesWithCommands(commands: readonly string[]): number {
  return commands.reduce((sum, command) => sum + command.length + 4, holderBytes);
}

/** Fails with FIELD_INVALID unless the name is "{collection}/{id}". */
export function requireAccessName(name: string, collection: string, field = "name"): void {
  if (new RegExp(`^${collection}/[A-Za-z0-9._~:@+-]{1,128}$`).test(name)) return;
  throw invalidField(field, `${JSON.stringify(name.slice(0, 100))} is no name; it looks like ${collection}/…`);
}

/** Fails with FIELD_INVALID for a text that is too long, or could move a terminal's cursor. */
export function checkText(text: string, field: string, maxLength: number): void {
  if (text.length > maxLength) throw invalidField(field, `is longer than ${maxLength} characters`);
  if (/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u.test(text)) throw invalidField(field, "has control characters");
}

/** Remembers, within a transaction, why a secret is none any more; there may be none. */
export async function retire(
  { tables, nowMs }: Recorder,
  digest: Uint8Array | undefined,
  why: EndReason,
): Promise<void> {
  if (digest !== undefined) await tables.access.retired.put({ digest, why, endTimeMs: nowMs });
}

/** The moment in ms since the epoch; undefined when there is none. */
export function msOf(time: Timestamp | undefined): number | undefined {
  return time === undefined ? undefined : timestampMs(time);
}

/** The moment, if there is one. */
export function momentOf(ms: number | undefined): Timestamp | undefined {
  return ms === undefined ? undefined : timestampFromMs(ms);
}

/** The earlier of two moments, either of which may be "never" (undefined). */
export function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
