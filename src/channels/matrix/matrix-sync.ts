/** The long poll: what happens in our rooms, in order, from where we were. */

import type { InboundMessage } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { ChannelHost } from "../../core/channel/network.ts";
import { MatrixError, path } from "./matrix-api.ts";
import { inboundFrom } from "./matrix-inbound.ts";
import { eventsAt, type Json, type MatrixEvent, objectAt, textAt } from "./matrix-json.ts";
import type { MatrixSession } from "./matrix-session.ts";
import type { MatrixInvites } from "./room/matrix-invites.ts";
import { MatrixReactions } from "./room/matrix-reactions.ts";
import type { MatrixRooms } from "./room/matrix-rooms.ts";

/** How long the homeserver may keep us waiting for something to happen, ms. */
const pollMs = 30_000;

/** Events of one room that are fetched when more happened than a sync tells. */
const maxBackfill = 2_000;

/** Only what is used. */
const filter = JSON.stringify({
  presence: { types: [] },
  account_data: { types: ["m.direct"] },
  room: {
    ephemeral: { types: [] },
    account_data: { types: [] },
    state: {
      lazy_load_members: true,
      types: ["m.room.name", "m.room.canonical_alias", "m.room.encryption", "m.room.member"],
    },
    timeline: { limit: 100, lazy_load_members: true },
  },
});

/** What the loop works on. */
export interface SyncRooms {
  readonly session: MatrixSession;
  readonly rooms: MatrixRooms;
  readonly invites: MatrixInvites;
  readonly host: ChannelHost;
  /** Called with the id of a room whose messages cannot be read. */
  readonly encrypted: (room: string) => void;
  readonly signal: AbortSignal;
}

/** See the file's first line. */
export class MatrixSync {
  readonly #rooms: SyncRooms;
  readonly #reactions: MatrixReactions;
  #since = "";

  constructor(rooms: SyncRooms) {
    this.#rooms = rooms;
    this.#reactions = new MatrixReactions(rooms);
  }

  /**
   * Takes up where the last one was; the first ever begins now. Calls `ready` once the homeserver has answered, and goes on
   * until the signal aborts. Rejects when the homeserver cannot be reached or refuses.
   */
  async run(ready: () => void): Promise<void> {
    const { host, signal } = this.#rooms;
    this.#since = await host.backfillCursor();
    for (let first = true; !signal.aborted; first = false) {
      const answer = await this.#poll(first);
      await this.#take(answer);
      if (first) ready();
    }
  }

  async #poll(first: boolean): Promise<Json> {
    const { session, signal } = this.#rooms;
    const timeout = first ? "0" : String(pollMs);
    const query = { filter, timeout, ...(this.#since !== "" && { since: this.#since }) };
    const request = { method: "GET", path: path`/client/v3/sync`, query, signal } as const;
    return session.api.call({ ...request, timeoutMs: pollMs * 2 });
  }

  /** Keeps every message, and with the last one where we are. */
  async #take(answer: Json): Promise<void> {
    const { host, rooms, invites } = this.#rooms;
    const cursor = textAt(answer, "next_batch");
    if (cursor === "") throw new Error("the homeserver's sync has no next_batch");
    for (const { type, content } of eventsAt(objectAt(answer, "account_data"), "events")) {
      if (type === "m.direct") rooms.setDirect(content);
    }
    const changed = objectAt(answer, "rooms");
    await invites.hear(objectAt(changed, "invite"), Object.keys(objectAt(changed, "join")));
    const joined = objectAt(changed, "join");
    const read = await Promise.all(Object.keys(joined).map((id) => this.#readable(id, objectAt(joined, id))));
    const messages = read.flat();
    const last = messages.pop();
    for (const message of messages) await host.receive(message);
    if (last !== undefined) await host.receive(last, cursor);
    else if (cursor !== this.#since) await host.keepCursor(cursor);
    this.#since = cursor;
  }

  /** A room that we were thrown out of meanwhile has nothing to say. */
  async #readable(id: string, joined: Json): Promise<InboundMessage[]> {
    try {
      return await this.#read(id, joined);
    } catch (error) {
      if (!(error instanceof MatrixError) || (error.status !== 403 && error.status !== 404)) throw error;
      this.#rooms.host.log.warn({ room: id, reason: error.message }, "a room on Matrix cannot be read");
      return [];
    }
  }

  /** The messages of one room, oldest first. */
  async #read(id: string, joined: Json): Promise<InboundMessage[]> {
    const timeline = objectAt(joined, "timeline");
    const { rooms, encrypted } = this.#rooms;
    rooms.hear(id, [...eventsAt(objectAt(joined, "state"), "events"), ...eventsAt(timeline, "events")]);
    // The first sync ever tells what was said before we were asked to listen.
    if (this.#since === "") return [];
    const missed = timeline.limited === true ? await this.#missed(id, textAt(timeline, "prev_batch")) : [];
    const events = await this.#sinceWeCame(id, [...missed, ...eventsAt(timeline, "events")]);
    if (events.some(({ type }) => type === "m.room.encrypted")) encrypted(id);
    const messages: InboundMessage[] = [];
    for (const event of events) {
      const message = (await this.#reactions.read(id, event)) ?? (await inboundFrom(id, event, this.#rooms));
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }

  /** What was said in a group before we came into it was not said to us. */
  async #sinceWeCame(id: string, events: readonly MatrixEvent[]): Promise<readonly MatrixEvent[]> {
    const { session, rooms, signal } = this.#rooms;
    const came = events.findLastIndex((event) => {
      if (event.type !== "m.room.member" || event.state_key !== session.userId) return false;
      const before = textAt(objectAt(event.unsigned, "prev_content"), "membership");
      return textAt(event.content, "membership") === "join" && before !== "join";
    });
    if (came === -1 || (await rooms.get(id, signal)).direct) return events;
    return events.slice(came + 1);
  }

  /** What happened between the last sync and the timeline of this one. */
  async #missed(id: string, from: string): Promise<MatrixEvent[]> {
    const { session, signal, host } = this.#rooms;
    const found: MatrixEvent[] = [];
    for (let at = from; at !== "" && found.length < maxBackfill; ) {
      const query = { dir: "b", from: at, to: this.#since, limit: "100" };
      const page = await session.api.call({
        method: "GET",
        path: path`/client/v3/rooms/${id}/messages`,
        query,
        signal,
      });
      found.push(...eventsAt(page, "chunk"));
      at = textAt(page, "end");
    }
    if (found.length >= maxBackfill) host.log.warn({ room: id }, "more happened in a room on Matrix than is fetched");
    return found.reverse();
  }
}
