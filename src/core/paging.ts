/** Pages, filters and field checks that every list shares (AIP-158, AIP-160). */

import { decodePageToken, encodePageToken } from "../lib/page-token.ts";
import { type FilterCondition, parseFilter } from "../lib/text/filter.ts";
import { invalidField } from "./errors.ts";

const defaultPageSize = 50;

/** Largest page of any list. */
export const maxPageSize = 200;

/** Encoded size a page aims to stay below; gRPC clients refuse 4 MiB. */
export const maxPageBytes = 3 * 1_048_576;

/** The first of these that stay below the size of a page, by what `bytesOf` says of each; at least one. */
export function withinPage<Item>(items: readonly Item[], bytesOf: (item: Item) => number): readonly Item[] {
  let bytes = 0;
  const end = items.findIndex((item, index) => {
    bytes += bytesOf(item);
    return index > 0 && bytes > maxPageBytes;
  });
  return end === -1 ? items : items.slice(0, end);
}

/** The number of rows to return for a requested page_size. Fails with FIELD_INVALID when it is negative. */
export function pageSize(requested: number): number {
  if (requested < 0)
    throw invalidField("page_size", `${requested} is negative; use 0 for the default of ${defaultPageSize}`);
  return requested === 0 ? defaultPageSize : Math.min(requested, maxPageSize);
}

/** What a caller asks of a list. */
interface WantedPage {
  readonly pageSize: number;
  readonly pageToken: string;
}

/**
 * A page of a list that is in memory and has no filter, in its order, which is that of a key no two items share. `title`
 * tells the list from others. Fails with FIELD_INVALID.
 */
export function pageOf<Item>(
  list: { readonly title: string; readonly items: readonly Item[]; readonly keyOf: (item: Item) => string },
  wanted: WantedPage,
): { items: Item[]; nextPageToken: string } {
  const size = pageSize(wanted.pageSize);
  const [after] = pageKey(wanted.pageToken, list.title, ["string"]) ?? [];
  const rest = after === undefined ? list.items : itemsAfter(String(after), list);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  const more = last !== undefined && items.length < rest.length;
  return { items, nextPageToken: more ? encodePageToken(list.title, [list.keyOf(last)]) : "" };
}

/** The item itself may be gone by now. */
function itemsAfter<Item>(
  key: string,
  { items, keyOf }: { readonly items: readonly Item[]; readonly keyOf: (item: Item) => string },
): readonly Item[] {
  const last = items.findIndex((item) => keyOf(item) === key);
  if (last >= 0) return items.slice(last + 1);
  const next = items.findIndex((item) => keyOf(item) > key);
  return next === -1 ? [] : items.slice(next);
}

/** What each value of a page token's key is; numbers are whole. */
type KeyKinds = readonly ("string" | "number" | "boolean")[];

/** The key inside a page token, or undefined for the first page. Fails with FIELD_INVALID when it belongs to another list. */
export function pageKey(
  token: string,
  query: string,
  kinds: KeyKinds,
): readonly (string | number | boolean)[] | undefined {
  if (token === "") return undefined;
  const key = decodePageToken(token, query);
  if (key === undefined || !isKey(key, kinds)) {
    throw invalidField(
      "page_token",
      "does not belong to this list; repeat the request of the page before with its token",
    );
  }
  return key;
}

function isKey(key: readonly unknown[], kinds: KeyKinds): boolean {
  const fits = (value: unknown, index: number): boolean =>
    typeof value === kinds[index] && (typeof value !== "number" || (Number.isSafeInteger(value) && value >= 0));
  return key.length === kinds.length && key.every(fits);
}

/** The conditions of a filter. Fails with FIELD_INVALID when it cannot be read or names a field that is not in `fields`. */
export function conditions(filter: string, fields: readonly string[]): readonly FilterCondition[] {
  const parsed = parseFilter(filter);
  if ("problem" in parsed) throw invalidField("filter", parsed.problem);
  for (const { field } of parsed) {
    const known = fields.some((name) => name === field || (name.endsWith(".*") && field.startsWith(name.slice(0, -1))));
    if (!known) throw invalidField("filter", `unknown field "${field}"; use ${fields.join(", ")}`);
  }
  return parsed;
}

/** "true" or "false" as a boolean. */
export function booleanValue({ field, value }: FilterCondition): boolean {
  if (value === "true") return true;
  if (value === "false") return false;
  throw invalidField("filter", `${field} is true or false, not "${value}"`);
}

/** The number of an enum value given by name: "RUNNING", or with the field's name before it, "STATE_RUNNING". */
export function enumValue<Value extends number>(
  { field, value }: FilterCondition,
  names: Readonly<Record<string, Value>>,
): Value {
  const prefix = `${field.toUpperCase()}_`;
  const upper = value.toUpperCase();
  const found = names[upper.startsWith(prefix) ? upper.slice(prefix.length) : upper];
  if (found === undefined || found === 0) {
    const known = Object.keys(names).filter((name) => names[name] !== 0);
    throw invalidField("filter", `${field} is one of ${known.join(", ")}, not "${value}"`);
  }
  return found;
}
