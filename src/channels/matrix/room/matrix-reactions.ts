/** From reactions in rooms, and from what takes them back, to inbound reactions. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type InboundMessage, InboundMessageSchema } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { NewestMap } from "../../../lib/newest-map.ts";
import { findEvent, type InboundRooms, placeOf, threadOf } from "../matrix-inbound.ts";
import { eventIdAt, type MatrixEvent, objectAt, textAt } from "../matrix-json.ts";

/** Reactions that are remembered, since what takes one back does not say what it was; the oldest are forgotten first. */
const mostKnown = 2_000;

/** Longest reaction, in UTF-16 units: on Matrix it may be any text. */
const longestKey = 64;

/** See the file's first line. */
export class MatrixReactions {
  readonly #rooms: InboundRooms;
  readonly #known = new NewestMap<string, InboundMessage>(mostKnown);

  constructor(rooms: InboundRooms) {
    this.#rooms = rooms;
  }

  /**
   * The reaction an event of a room tells of; undefined when it tells of none, of one of ours, or takes back one that came
   * before the gateway was started. Rejects as the homeserver does when it is asked for the message.
   */
  async read(id: string, event: MatrixEvent): Promise<InboundMessage | undefined> {
    if (event.sender === this.#rooms.session.userId || event.event_id === "") return undefined;
    if (event.type === "m.room.redaction") return this.#takenBack(event);
    return event.type === "m.reaction" ? this.#put(id, event) : undefined;
  }

  async #put(
    id: string,
    { sender, event_id, content, origin_server_ts }: MatrixEvent,
  ): Promise<InboundMessage | undefined> {
    const relation = objectAt(content, "m.relates_to");
    const [target, key] = [
      eventIdAt(relation, "event_id"),
      textAt(relation, "key").slice(0, longestKey).toWellFormed(),
    ];
    if (textAt(relation, "rel_type") !== "m.annotation" || target === "" || key === "") return undefined;
    const { rooms, session, signal } = this.#rooms;
    const room = await rooms.get(id, signal);
    const original = await findEvent(session, { room: id, event: target, signal });
    const reaction = create(InboundMessageSchema, {
      ...placeOf(room, threadOf(objectAt(original?.content ?? {}, "m.relates_to"), room)),
      platformId: event_id,
      senderAddress: sender,
      senderTitle: room.members.get(sender) ?? sender,
      replyTo: target,
      replyText: textAt(original?.content ?? {}, "body"),
      repliesToUs: original?.sender === session.userId,
      time: timestampFromMs(origin_server_ts),
      reaction: { emoji: key },
    });
    this.#known.set(event_id, reaction);
    return reaction;
  }

  /** Whoever else takes a reaction away, it is not who put it there. */
  #takenBack({ sender, event_id, redacts, origin_server_ts }: MatrixEvent): InboundMessage | undefined {
    const before = this.#known.get(redacts);
    if (before?.reaction === undefined || before.senderAddress !== sender) return undefined;
    const reaction = { ...before.reaction, remove: true };
    return { ...before, platformId: event_id, time: timestampFromMs(origin_server_ts), reaction };
  }
}
