/** Saying and doing things in rooms, and finding out whether it was done. */

import { buffer } from "node:stream/consumers";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Delivery, OutboundAction, OutboundMessage } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import {
  type Address,
  type ChannelHost,
  type Reconciled,
  type SendAttempt,
  UnsentError,
} from "../../core/channel/network.ts";
import { neverLeft } from "../../lib/web/never-left.ts";
import { MatrixError, matrixWords, path } from "./matrix-api.ts";
import { deliveryKey, editContent, fileContent, pollContent, type Saying, textContent } from "./matrix-content.ts";
import { threadMark } from "./matrix-inbound.ts";
import { eventsAt, type Json, objectAt, textAt } from "./matrix-json.ts";
import { upload } from "./matrix-media.ts";
import type { MatrixSession } from "./matrix-session.ts";
import type { MatrixInvites } from "./room/matrix-invites.ts";
import type { MatrixRooms } from "./room/matrix-rooms.ts";

/** Clocks of homeservers and ours may differ by this much, ms. */
const clockSlackMs = 600_000;

/** Pages of a hundred events that are looked through for a delivery. */
const maxPages = 20;

/** What the sender works with. */
export interface SenderRooms {
  readonly session: MatrixSession;
  readonly rooms: MatrixRooms;
  readonly invites: MatrixInvites;
  readonly host: ChannelHost;
}

interface Place {
  readonly room: string;
  /** First event of the thread. */
  readonly thread: string | undefined;
}

/** See the file's first line. */
export class MatrixSender {
  readonly #rooms: SenderRooms;

  constructor(rooms: SenderRooms) {
    this.#rooms = rooms;
  }

  /** Ids of events. Every request carries the delivery's own transaction id: the homeserver does it once. */
  async send({ kind }: OutboundAction, to: Address, attempt: SendAttempt): Promise<readonly string[]> {
    const { signal } = attempt;
    const place = await unsentUnless(() => this.#place(to.address, signal));
    switch (kind.case) {
      case "message":
        return this.#put(place, attempt, await this.#messageContent(kind.value, place, attempt));
      case "edit":
        await this.#put(place, attempt, editContent(kind.value.platformId, kind.value.text));
        return [kind.value.platformId];
      case "delete":
        return this.#redact(place, attempt, kind.value.platformId);
      case "reaction": {
        const { platformId, emoji, remove } = kind.value;
        if (remove) return this.#takeBack(place, attempt, { platformId, emoji });
        const relation = { rel_type: "m.annotation", event_id: platformId, key: emoji };
        return this.#put(place, attempt, { type: "m.reaction", content: { "m.relates_to": relation } });
      }
      case "poll":
        return this.#put(place, attempt, pollContent(kind.value));
      default:
        throw new UnsentError("Matrix has no such thing", { permanent: true });
    }
  }

  async typing({ address }: Address, active: boolean, signal: AbortSignal): Promise<void> {
    const { api, userId } = this.#rooms.session;
    const { room } = await this.#place(address, signal);
    const body = active ? { typing: true, timeout: 30_000 } : { typing: false };
    await api.call({ method: "PUT", path: path`/client/v3/rooms/${room}/typing/${userId}`, body, signal });
  }

  /** Looks for what carries the delivery's id, back to when it was made. */
  async reconcile(
    { name, createTime, action }: Delivery,
    to: Address,
    signal: AbortSignal,
  ): Promise<Reconciled | undefined> {
    // Everything else may be done again: the transaction id is the same, and so is what comes of it.
    if (action?.kind.case !== "message" && action?.kind.case !== "poll") return { outcome: "unsent" };
    const { api, userId } = this.#rooms.session;
    const { room } = await this.#place(to.address, signal);
    const sinceMs = (createTime === undefined ? 0 : timestampMs(createTime)) - clockSlackMs;
    let from = "";
    for (let page = 0; page < maxPages; page += 1) {
      const query = { dir: "b", limit: "100", ...(from !== "" && { from }) };
      const answer = await api.call({ method: "GET", path: path`/client/v3/rooms/${room}/messages`, query, signal });
      const events = eventsAt(answer, "chunk");
      const found = events.find(({ sender, content }) => sender === userId && textAt(content, deliveryKey) === name);
      if (found !== undefined) return { outcome: "sent", platformIds: [found.event_id] };
      from = textAt(answer, "end");
      const oldest = events.at(-1);
      if (from === "" || oldest === undefined || oldest.origin_server_ts < sinceMs) return { outcome: "unsent" };
    }
    return undefined;
  }

  /** A person's address is the direct room with them; an alias is the room it stands for. */
  async #place(address: string, signal: AbortSignal): Promise<Place> {
    const { rooms, invites, session } = this.#rooms;
    const [head = "", thread] = splitThread(address);
    let room = head;
    if (head.startsWith("@")) room = rooms.directWith(head) ?? (await rooms.makeDirect(head, signal));
    else if (head.startsWith("#")) {
      const where = path`/client/v3/directory/room/${head}`;
      room = textAt(await session.api.call({ method: "GET", path: where, signal }), "room_id");
    } else if (!head.startsWith("!")) {
      throw new UnsentError(`"${address}" is no room, alias or person on Matrix`, { permanent: true });
    }
    await invites.accept(room, signal);
    const { encrypted } = await rooms.get(room, signal);
    if (!encrypted) return { room, thread };
    const why =
      "the room is end-to-end encrypted, which this gateway does not speak; nothing is sent there unencrypted";
    throw new UnsentError(why, { permanent: true });
  }

  async #messageContent(message: OutboundMessage, { thread }: Place, { signal }: SendAttempt): Promise<Saying> {
    const { session, host } = this.#rooms;
    const { attachment, text, replyTo } = message;
    const where = { thread, replyTo: replyTo || undefined };
    if (attachment === undefined) return textContent(text, where);
    const bytes = await buffer(host.readFile(attachment));
    const url = await upload(session.api, { attachment, bytes, signal });
    return fileContent({ attachment, url, caption: text }, where);
  }

  async #put({ room }: Place, attempt: SendAttempt, { type, content }: Saying): Promise<readonly string[]> {
    const where = path`/client/v3/rooms/${room}/send/${type}/${transactionOf(attempt)}`;
    return this.#ask(where, { ...content, [deliveryKey]: attempt.delivery }, attempt.signal);
  }

  async #redact({ room }: Place, attempt: SendAttempt, event: string): Promise<readonly string[]> {
    return this.#ask(path`/client/v3/rooms/${room}/redact/${event}/${transactionOf(attempt)}`, {}, attempt.signal);
  }

  async #takeBack(
    place: Place,
    attempt: SendAttempt,
    { platformId, emoji }: { platformId: string; emoji: string },
  ): Promise<readonly string[]> {
    const { api, userId } = this.#rooms.session;
    const where = path`/client/v1/rooms/${place.room}/relations/${platformId}/m.annotation/m.reaction`;
    const { signal } = attempt;
    const answer = await unsentUnless(() => api.call({ method: "GET", path: where, query: { limit: "100" }, signal }));
    const ours = eventsAt(answer, "chunk").find(({ sender, content }) => {
      return sender === userId && textAt(objectAt(content, "m.relates_to"), "key") === emoji;
    });
    return ours === undefined ? [] : this.#redact(place, attempt, ours.event_id);
  }

  async #ask(where: string, body: Json, signal: AbortSignal): Promise<readonly string[]> {
    try {
      const answer = await this.#rooms.session.api.call({ method: "PUT", path: where, body, signal });
      return [textAt(answer, "event_id")].filter(Boolean);
    } catch (error) {
      throw unsentOf(error) ?? new Error(matrixWords(error), { cause: error });
    }
  }
}

/** The parts of an address. */
function splitThread(address: string): [string, string | undefined] {
  const at = address.indexOf(`${threadMark}$`);
  return at === -1 ? [address, undefined] : [address.slice(0, at), address.slice(at + threadMark.length)];
}

function transactionOf({ delivery }: SendAttempt): string {
  return delivery.replaceAll("/", ".");
}

/** What is asked before anything is said leaves the delivery unsent when it fails. */
async function unsentUnless<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnsentError) throw error;
    throw unsentOf(error) ?? new UnsentError(matrixWords(error), { cause: error });
  }
}

/** The refusal as core knows it; undefined when the homeserver may have done it all the same. */
function unsentOf(error: unknown): UnsentError | undefined {
  if (neverLeft(error)) return new UnsentError(matrixWords(error), { cause: error });
  if (!(error instanceof MatrixError) || error.status >= 500 || error.status < 400) return undefined;
  const { retryAfterMs, status, message } = error;
  const later = status === 429 || status === 401;
  return new UnsentError(message, { permanent: !later, cause: error, retryAfterMs });
}
