/** From a message stanza to an inbound message. */

import { createHash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Conversation_Kind as Kind } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type InboundMessage, InboundMessageSchema } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { cutText } from "../../lib/text/cut-text.ts";
import { saysName, withoutName } from "../../lib/text/spoken-name.ts";
import type { Element } from "./wire/xml-element.ts";
import type { XmppRooms } from "./xmpp-rooms.ts";
import { bareOf, domainOf, localOf, resourceOf } from "./xmpp-settings.ts";

const idSpace = "urn:xmpp:sid:0";

/** Characters of one message that are handed in, of what it quotes, and of an id somebody made up. */
const maxText = 200_000;
const maxQuoted = 20_000;
const maxId = 900;

/** What is known beside the stanza. */
export interface StanzaFacts {
  /** Our address, without its resource. */
  readonly self: string;
  readonly rooms: XmppRooms;
  readonly nowMs: number;
  /** Id to use when nobody gave one. */
  readonly fallbackId: string;
}

/** The message, or undefined when it is none for us: our own, an error, a subject, something without words. */
export function inboundFrom(
  stanza: Element,
  { self, rooms, nowMs, fallbackId }: StanzaFacts,
): InboundMessage | undefined {
  const type = stanza.attribute("type");
  const from = stanza.attribute("from");
  const bare = bareOf(from);
  const body = bodyOf(stanza);
  if (type === "error" || type === "headline" || body.trim() === "" || bare === "" || bare === self) return undefined;
  const group = type === "groupchat";
  const nick = resourceOf(from);
  const ours = rooms.nick(bare);
  // Anybody may call what they send a room's.
  if (group && (nick === "" || ours === undefined || nick === ours)) return undefined;
  // Somebody in a room who writes to us alone.
  const aside = !group && rooms.isOurs(bare) && nick !== "";
  const real = rooms.people(bare).get(nick) ?? "";
  const sender = group || aside ? real || from : bare;
  const names = [ours ?? "", localOf(self), self];
  const replaces = stanza.find("replace", "urn:xmpp:message-correct:0")?.attribute("id").slice(0, maxId);
  const reply = stanza.find("reply", "urn:xmpp:reply:0");
  return create(InboundMessageSchema, {
    platformId: replaces || archiveIdOf(stanza, group ? bare : self) || madeUpId(stanza) || fallbackId,
    address: aside ? from : bare,
    kind: group ? Kind.GROUP : Kind.DIRECT,
    conversationTitle: group ? localOf(bare) : nick && aside ? nick : bare,
    senderAddress: sender,
    senderTitle: group || aside ? nick : localOf(bare),
    text: cutText(group ? withoutName(body, names) : body, maxText),
    time: timestampFromMs(timeOf(stampOf(stanza), nowMs)),
    mentionsUs: group && (saysName(body, names) || refersTo(stanza, [self, `${bare}/${ours}`])),
    repliesToUs: group && reply !== undefined && reply.attribute("to") === `${bare}/${ours}`,
    replyTo: reply?.attribute("id").slice(0, maxId) ?? "",
    replyText: reply === undefined ? "" : cutText(quoteOf(stanza), maxQuoted),
    edited: replaces !== undefined && replaces !== "",
  });
}

/**
 * What a message that is told again is known by where nobody but the sender gave it an id; empty without one. Many clients count
 * anew in every session, and everybody in a room for himself: who said what belongs to it.
 */
function madeUpId(stanza: Element): string {
  const [id, from] = [stanza.attribute("id"), stanza.attribute("from")];
  if (id === "") return "";
  const said = JSON.stringify([id, from, stanza.find("body")?.text ?? ""]);
  return createHash("sha256").update(said).digest("base64url");
}

/** The id a message has in an archive; empty when the archive's owner did not put one there. */
export function archiveIdOf(stanza: Element, owner: string): string {
  const own = stanza.elements.find((child) => {
    return child.name === "stanza-id" && child.namespace === idSpace && bareOf(child.attribute("by")) === owner;
  });
  const id = own?.attribute("id") ?? "";
  return id.length > maxId ? "" : id;
}

/** The time of a stamp, in ms. Anybody may have put one there: what is none, or not between 1970 and now, is now. */
export function timeOf(stamp: string, nowMs: number): number {
  const stampMs = Date.parse(stamp);
  return stampMs >= 0 ? Math.min(stampMs, nowMs) : nowMs;
}

/** When a message was written, if it was kept for us; ISO 8601, or empty. */
export function stampOf(stanza: Element): string {
  return stanza.find("delay", "urn:xmpp:delay")?.attribute("stamp") ?? "";
}

/** True when our own server kept the message while we were away. */
export function wasKeptFor(stanza: Element, self: string): boolean {
  const delay = stanza.find("delay", "urn:xmpp:delay");
  return delay !== undefined && [domainOf(self), self].includes(bareOf(delay.attribute("from")));
}

/** What was written, without the quotation for clients that know no replies. */
function bodyOf(stanza: Element): string {
  const body = stanza.find("body")?.text ?? "";
  const range = quoteRange(stanza);
  if (range === undefined) return body;
  const points = [...body];
  return [...points.slice(0, range.start), ...points.slice(range.end)].join("");
}

function quoteOf(stanza: Element): string {
  const range = quoteRange(stanza);
  const quoted = [...(stanza.find("body")?.text ?? "")].slice(range?.start ?? 0, range?.end ?? 0).join("");
  return quoted.replace(/^> ?/gm, "").trim();
}

/** Characters of the body that only quote (XEP-0428). */
function quoteRange(stanza: Element): { start: number; end: number } | undefined {
  const fallback = stanza.elements.find((child) => {
    return child.name === "fallback" && child.attribute("for") === "urn:xmpp:reply:0";
  });
  const range = fallback?.find("body");
  const start = Number(range?.attribute("start") || Number.NaN);
  const end = Number(range?.attribute("end") || Number.NaN);
  return Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end >= start ? { start, end } : undefined;
}

/** XEP-0372. */
function refersTo(stanza: Element, addresses: readonly string[]): boolean {
  return stanza.elements.some((child) => {
    if (child.name !== "reference" || child.attribute("type") !== "mention") return false;
    const uri = child.attribute("uri");
    return addresses.some((address) => uri === `xmpp:${address}` || uri === `xmpp:${encodeURI(address)}`);
  });
}
