/** Deliveries as a collection: get, list, try again, give up. */

import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Delivery, Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { encodePageToken } from "../../lib/page-token.ts";
import type { Changes } from "../changes.ts";
import { requireChannelName, requirePartName } from "../channel/channel-names.ts";
import { notFound } from "../errors.ts";
import { deliveryBytes } from "../message/message-size.ts";
import { idOf } from "../names.ts";
import { conditions, enumValue, pageKey, pageSize, withinPage } from "../paging.ts";
import type { Recorder } from "../recorder.ts";
import type { Store } from "../store.ts";
import { deliveryState } from "./delivery-failures.ts";
import { stateWord } from "./delivery-state.ts";
import type { DeliveryQuery, DeliveryRecord } from "./delivery-table.ts";
import { discardDelivery, updateDelivery } from "./queue-deliveries.ts";

/** What to list. */
export interface ListDeliveries {
  /** "channels/{channel}", or "channels/-" for all. */
  readonly parent: string;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly filter: string;
}

/** A page of deliveries, newest first. */
export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  readonly nextPageToken: string;
  /** Event-log position it reflects. */
  readonly sequence: number;
}

/** The deliveries of the gateway. */
export class Deliveries {
  readonly #store: Store;
  readonly #changes: Changes;

  constructor(store: Store, changes: Changes) {
    this.#store = store;
    this.#changes = changes;
  }

  /** Fails with NOT_FOUND. */
  async get(name: string): Promise<Delivery> {
    requirePartName(name, "deliveries", "name");
    return (await this.#store.read(({ deliveries }) => find(deliveries, name))).delivery;
  }

  /** Fails with FIELD_INVALID. A channel that is no longer configured keeps its deliveries. */
  list(request: ListDeliveries): Promise<DeliveryPage> {
    const channel = request.parent === "channels/-" ? undefined : requireChannelName(request.parent, "parent");
    const query = `deliveries ${request.parent} ${request.filter}`;
    const beforeId = pageKey(request.pageToken, query, ["string"])?.[0] as string | undefined;
    const limit = pageSize(request.pageSize);
    const rows = { ...deliveryFilter(request.filter), channel, beforeId, limit: limit + 1 };
    return this.#store.read(async ({ deliveries, events }) => {
      const found = (await deliveries.list(withoutAbsent(rows))).map((record) => record.delivery);
      const page = withinPage(found.slice(0, limit), deliveryBytes);
      const last = page.at(-1);
      const more = found.length > page.length && last !== undefined;
      const nextPageToken = more ? encodePageToken(query, [idOf(last.name)]) : "";
      return { deliveries: page, nextPageToken, sequence: await events.head() };
    });
  }

  /**
   * Queues it once more, with what was given up because of it; one that waits is tried at once. Fails with NOT_FOUND, and
   * with DELIVERY_STATE when it was sent, or its content is not kept any more.
   */
  retry(name: string, actor: string): Promise<Delivery> {
    requirePartName(name, "deliveries", "name");
    return this.#changes.transact(actor, async (recorder) => {
      const record = await find(recorder.tables.deliveries, name);
      const { state, action } = record.delivery;
      if (state === State.SENDING) return record.delivery;
      if (state === State.QUEUED) return (await updateDelivery(recorder, record, { retryTime: undefined })).delivery;
      if (state === State.SENT) throw deliveryState(name, "sent", "send a new message instead");
      if (action === undefined) {
        throw deliveryState(name, stateWord(state), "its content is not kept any more: send a new message instead");
      }
      const again = await queueAgain(recorder, record);
      if (state === State.FAILED || state === State.AMBIGUOUS) await this.#retryRest(recorder, record);
      return again;
    });
  }

  /** Gives it up. Fails with NOT_FOUND, and with DELIVERY_STATE when it was sent or is being sent. */
  discard(name: string, actor: string): Promise<Delivery> {
    requirePartName(name, "deliveries", "name");
    return this.#changes.transact(actor, async (recorder) => {
      const record = await find(recorder.tables.deliveries, name);
      const { state } = record.delivery;
      if (state === State.DISCARDED) return record.delivery;
      if (state === State.SENT) throw deliveryState(name, "sent", "delete the message on the network instead");
      if (state === State.SENDING) throw deliveryState(name, "being sent", "try again in a moment");
      return (await discardDelivery(recorder, record)).delivery;
    });
  }

  /** Later pieces of the same message that were never tried, because this one did not get through. */
  async #retryRest(recorder: Recorder, { batch, delivery }: DeliveryRecord): Promise<void> {
    for (const piece of await recorder.tables.deliveries.listBatch(batch)) {
      const { chunk, state, attempts, action } = piece.delivery;
      const untried = state === State.FAILED && attempts === 0 && action !== undefined;
      if (chunk > delivery.chunk && untried) await queueAgain(recorder, piece);
    }
  }
}

/** It gets as long as it had. */
async function queueAgain(recorder: Recorder, record: DeliveryRecord): Promise<Delivery> {
  const { createTime, expireTime } = record.delivery;
  const lifeMs = createTime && expireTime ? timestampMs(expireTime) - timestampMs(createTime) : 0;
  const changes = { state: State.QUEUED, endTime: undefined, retryTime: undefined, error: undefined };
  const again = await updateDelivery(recorder, record, {
    ...changes,
    expireTime: timestampFromMs(recorder.nowMs + Math.max(60_000, lifeMs)),
  });
  return again.delivery;
}

async function find(
  deliveries: { find(name: string): Promise<DeliveryRecord | undefined> },
  name: string,
): Promise<DeliveryRecord> {
  const record = await deliveries.find(name);
  if (record === undefined) throw notFound(name);
  return record;
}

function deliveryFilter(filter: string): Partial<DeliveryQuery> {
  const query: { state?: State; run?: string; conversation?: string; message?: string } = {};
  for (const condition of conditions(filter, ["state", "run", "conversation", "message"])) {
    if (condition.field === "state") query.state = enumValue(condition, State);
    else query[condition.field as "run" | "conversation" | "message"] = condition.value;
  }
  return query;
}

function withoutAbsent(query: { [Field in keyof DeliveryQuery]: DeliveryQuery[Field] | undefined }): DeliveryQuery {
  return Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined),
  ) as unknown as DeliveryQuery;
}
