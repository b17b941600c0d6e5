/** Lists that come in pages. */

import type { Channel } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { GatewayClient } from "../../client/client.ts";
import type { OptionValues } from "../command/command.ts";

/** Options of every command that lists. */
export const pagingOptions = {
  limit: { kind: "number", value: "n", help: "at most this many", min: 1, max: 100_000, fallback: 20 },
  all: { kind: "switch", help: "all of them" },
  "page-token": { kind: "text", value: "token", help: "go on after an earlier list: its nextPageToken (see --json)" },
} as const;

/** A page as a List method answers it. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken: string;
}

const largestPage = 200;

/** Collects pages until there are as many items as asked for; with `--all`, until there are no more. */
export async function readPages<Item>(
  options: OptionValues<typeof pagingOptions>,
  fetch: (pageSize: number, pageToken: string) => Promise<Page<Item>>,
): Promise<{ items: Item[]; nextPageToken: string }> {
  const wanted = options.all ? Number.POSITIVE_INFINITY : options.limit;
  const items: Item[] = [];
  let pageToken = options["page-token"] ?? "";
  do {
    const page = await fetch(Math.min(largestPage, wanted - items.length), pageToken);
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken && items.length < wanted);
  return { items, nextPageToken: pageToken };
}

/** Everything a list has. */
export async function readAll<Item>(
  fetch: (page: { pageSize: number; pageToken: string }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const { items } = await readPages({ all: true, limit: 0, "page-token": undefined }, (pageSize, pageToken) =>
    fetch({ pageSize, pageToken }),
  );
  return items;
}

/** Every channel of a gateway, by name. */
export function allChannels(service: Pick<GatewayClient["channels"], "listChannels">): Promise<Channel[]> {
  return readAll(async (page) => {
    const { channels, nextPageToken } = await service.listChannels(page);
    return { items: channels, nextPageToken };
  });
}

/** "a = b AND c = d" of the conditions that have a value. */
export function filterOf(conditions: readonly (readonly [field: string, value: string | undefined])[]): string {
  const given = conditions.filter((one): one is readonly [string, string] => one[1] !== undefined);
  return given.map(([field, value]) => `${field} = "${value.replace(/["\\]/g, "\\$&")}"`).join(" AND ");
}
