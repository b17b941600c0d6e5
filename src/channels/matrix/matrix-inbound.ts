/** From an event of a room to an inbound message. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type InboundMessage, InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { ChannelHost } from "../../core/channel/network.ts";
import { saysName, withoutName } from "../../lib/text/spoken-name.ts";
import { MatrixError, path } from "./matrix-api.ts";
import { eventIdAt, eventOf, type Json, listAt, type MatrixEvent, objectAt, textAt } from "./matrix-json.ts";
import { keepMedia } from "./matrix-media.ts";
import type { MatrixSession } from "./matrix-session.ts";
import type { MatrixRooms, Room } from "./room/matrix-rooms.ts";

/** Between the id of a room and the first event of a thread in it. */
export const threadMark = "/";

/** What is read with. */
export interface InboundRooms {
  readonly session: MatrixSession;
  readonly rooms: MatrixRooms;
  readonly host: ChannelHost;
  readonly signal: AbortSignal;
}

/** The message, or undefined when it is none for us: our own, encrypted, or something else than words and files. */
export async function inboundFrom(
  id: string,
  event: MatrixEvent,
  { session, rooms, host, signal }: InboundRooms,
): Promise<InboundMessage | undefined> {
  if (event.sender === session.userId || event.event_id === "" || event.state_key !== undefined) return undefined;
  if (event.type !== "m.room.message" && event.type !== "m.sticker") return undefined;
  const relation = objectAt(event.content, "m.relates_to");
  const edited = textAt(relation, "rel_type") === "m.replace";
  const platformId = edited ? eventIdAt(relation, "event_id") : event.event_id;
  const content = edited ? objectAt(event.content, "m.new_content") : event.content;
  const type = event.type === "m.sticker" ? "m.image" : textAt(content, "msgtype");
  const room = await rooms.get(id, signal);
  const media = textAt(content, "url") !== "" || content.file !== undefined;
  const kept = media && !edited ? await keepMedia(content, { api: session.api, host, signal, type }) : undefined;
  const text = kept === undefined ? bodyOf(event.sender, content, type) : kept.text;
  if (platformId === "" || (text.trim() === "" && kept?.attachment === undefined)) return undefined;
  const thread = threadOf(relation, room);
  const replied = await repliedTo(relation, room, { session, signal, thread });
  const title = room.members.get(event.sender) ?? event.sender;
  const names = ownNames(room, session.userId);
  return create(InboundMessageSchema, {
    platformId,
    ...placeOf(room, thread),
    senderAddress: event.sender,
    senderTitle: title,
    senderIsBot: type === "m.notice",
    text: room.direct ? text : withoutName(text, names),
    attachments: kept?.attachment === undefined ? [] : [kept.attachment],
    time: timestampFromMs(event.origin_server_ts),
    mentionsUs: mentionsUs(content, names, session.userId),
    ...replied,
    edited,
  });
}

/** Fields of an inbound message that say where it came in. */
export function placeOf({ id, direct, title }: Room, thread: string | undefined) {
  return {
    address: thread === undefined ? id : id + threadMark + thread,
    kind: direct ? Kind.DIRECT : thread === undefined ? Kind.GROUP : Kind.THREAD,
    parentAddress: thread === undefined ? "" : id,
    conversationTitle: title,
  };
}

/** What was written, without the quotation that old clients put before an answer. */
function bodyOf(sender: string, content: Json, type: string): string {
  const body = textAt(content, "body");
  if (type === "m.location") return `${body}\n${textAt(content, "geo_uri")}`.trim();
  const isReply = Object.keys(objectAt(objectAt(content, "m.relates_to"), "m.in_reply_to")).length > 0;
  const said = isReply && /^> <@/.test(body) ? body.replace(/^(?:>[^\n]*\n)+\n?/, "") : body;
  return type === "m.emote" ? `* ${sender} ${said}` : said;
}

/** First event of the thread it is in; undefined for none. Threads of a direct room are part of it. */
export function threadOf(relation: Json, room: Room): string | undefined {
  if (room.direct || textAt(relation, "rel_type") !== "m.thread") return undefined;
  return eventIdAt(relation, "event_id") || undefined;
}

type Replied = Partial<Pick<InboundMessage, "repliesToUs" | "replyTo" | "replyText">>;

interface Asking {
  readonly session: MatrixSession;
  readonly signal: AbortSignal;
  readonly thread: string | undefined;
}

async function repliedTo(relation: Json, room: Room, { session, signal, thread }: Asking): Promise<Replied> {
  const answered = relation.is_falling_back === true ? "" : eventIdAt(objectAt(relation, "m.in_reply_to"), "event_id");
  const [original, root] = await Promise.all([
    answered === "" ? undefined : findEvent(session, { room: room.id, event: answered, signal }),
    thread === undefined ? undefined : findEvent(session, { room: room.id, event: thread, signal }),
  ]);
  const inThread =
    objectAt(objectAt(root?.unsigned ?? {}, "m.relations"), "m.thread").current_user_participated === true;
  return {
    replyTo: answered,
    replyText: original === undefined ? "" : bodyOf(original.sender, original.content, ""),
    repliesToUs: original?.sender === session.userId || root?.sender === session.userId || inThread,
  };
}

/** An event of a room; undefined when we may not see it, or it is gone. Rejects when the homeserver cannot say now. */
export async function findEvent(
  { api }: MatrixSession,
  { room, event, signal }: { room: string; event: string; signal: AbortSignal },
): Promise<MatrixEvent | undefined> {
  try {
    return eventOf(await api.call({ method: "GET", path: path`/client/v3/rooms/${room}/event/${event}`, signal }));
  } catch (error) {
    if (error instanceof MatrixError && error.status < 500 && error.status !== 429) return undefined;
    throw error;
  }
}

/** What people call us there. */
function ownNames({ members }: Room, userId: string): string[] {
  return [members.get(userId) ?? "", userId, userId.slice(1).split(":", 1)[0] ?? ""].filter((name) => name.length > 1);
}

function mentionsUs(content: Json, names: readonly string[], userId: string): boolean {
  if (listAt(objectAt(content, "m.mentions"), "user_ids").includes(userId)) return true;
  const links = [...textAt(content, "formatted_body").matchAll(/href="https:\/\/matrix\.to\/#\/([^"?]+)/g)];
  if (links.some(([, link = ""]) => decodedOr(link) === userId)) return true;
  return saysName(textAt(content, "body"), names);
}

function decodedOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
