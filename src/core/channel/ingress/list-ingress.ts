/** Inbound messages as a collection: get and list. */

import { type Ingress, Ingress_Outcome as Outcome } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { encodePageToken } from "../../../lib/page-token.ts";
import { notFound } from "../../errors.ts";
import { ingressBytes } from "../../message/message-size.ts";
import { idOf } from "../../names.ts";
import { conditions, enumValue, pageKey, pageSize, withinPage } from "../../paging.ts";
import type { Store } from "../../store.ts";
import { requireChannelName, requirePartName } from "../channel-names.ts";
import type { IngressQuery } from "./ingress-table.ts";

/** What to list. */
export interface ListIngress {
  /** "channels/{channel}", or "channels/-" for all. */
  readonly parent: string;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly filter: string;
}

/** A page of inbound messages, newest first. */
export interface IngressPage {
  readonly ingress: readonly Ingress[];
  readonly nextPageToken: string;
  /** Event-log position it reflects. */
  readonly sequence: number;
}

/** Fails with NOT_FOUND. */
export async function getIngress(store: Store, name: string): Promise<Ingress> {
  requirePartName(name, "ingress", "name");
  const record = await store.read(({ ingress }) => ingress.find(name));
  if (record === undefined) throw notFound(name);
  return record.ingress;
}

/** Fails with FIELD_INVALID. A channel that is no longer configured keeps what came in. */
export function listIngress(store: Store, request: ListIngress): Promise<IngressPage> {
  const channel = request.parent === "channels/-" ? {} : { channel: requireChannelName(request.parent, "parent") };
  const list = `ingress ${request.parent} ${request.filter}`;
  const [beforeId] = pageKey(request.pageToken, list, ["string"]) ?? [];
  const limit = pageSize(request.pageSize);
  const before = beforeId === undefined ? {} : { beforeId: String(beforeId) };
  const query = { ...ingressFilter(request.filter), ...channel, ...before, limit: limit + 1 };
  return store.read(async ({ ingress, events }) => {
    const found = await ingress.list(query);
    const page = withinPage(found.slice(0, limit), ingressBytes);
    const last = page.at(-1);
    const more = found.length > page.length && last !== undefined;
    const nextPageToken = more ? encodePageToken(list, [idOf(last.name)]) : "";
    return { ingress: page, nextPageToken, sequence: await events.head() };
  });
}

function ingressFilter(filter: string): Omit<IngressQuery, "limit"> {
  const query: { -readonly [Field in keyof IngressQuery]?: IngressQuery[Field] } = {};
  for (const condition of conditions(filter, ["outcome", "conversation", "run", "message"])) {
    if (condition.field === "outcome") query.outcome = enumValue(condition, Outcome);
    else if (condition.field === "message") query.transcriptMessage = condition.value;
    else query[condition.field as "conversation" | "run"] = condition.value;
  }
  return query;
}
