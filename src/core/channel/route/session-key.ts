/** Which session a message belongs to. The ids are the reference system's session keys. */

import { createHash } from "node:crypto";
import { Conversation_Kind as Kind } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { Session_Kind as SessionKind } from "../../../../gen/openclaw/gateway/v1/session_pb.ts";
import { idOf, mainAgent, mainSession } from "../../names.ts";
import { isGroup } from "../access/group-settings.ts";
import type { ChannelSettings, MessagingSettings } from "../channel-settings.ts";
import type { Route } from "./route.ts";

/** Longest id that is written out; longer ones end in a digest. */
const longestId = 120;

/** A session, whether it is there already or not. */
export interface SessionPlace {
  /** "sessions/{session}". */
  readonly name: string;
  readonly kind: SessionKind;
}

/** What, besides the message, says where it belongs. */
export interface SessionRules {
  readonly route: Route;
  readonly channel: ChannelSettings;
  readonly identityLinks: MessagingSettings["identityLinks"];
}

/** The session of a message. */
export function sessionPlace(message: InboundMessage, rules: SessionRules): SessionPlace {
  const { route, channel } = rules;
  const agent = idOf(route.agent);
  if (isGroup(message)) {
    if (route.groupScope === "main") return mainOf(route.agent);
    return { name: nameOf([agent, ...groupKey(message, channel)]), kind: SessionKind.GROUP };
  }
  if (route.dmScope === "main") return mainOf(route.agent);
  return { name: nameOf([agent, ...directKey(message, rules)]), kind: SessionKind.DIRECT };
}

/**
 * Accounts other than the default one name themselves: the same address may be another room there. Letter case is kept, for
 * there are networks that tell rooms apart by it, and one room must not read what another said.
 */
function groupKey(message: InboundMessage, { kind, account, isDefault }: ChannelSettings): string[] {
  const base = isDefault ? [kind] : [kind, account];
  if (message.kind !== Kind.THREAD || message.parentAddress === "") return [...base, "group", message.address];
  return [...base, "group", message.parentAddress, "thread", message.address];
}

function directKey(message: InboundMessage, { route, channel, identityLinks }: SessionRules): string[] {
  const address = message.senderAddress === "" ? message.address : message.senderAddress;
  const peer = linkedName(address, channel.kind, identityLinks) ?? address;
  if (route.dmScope === "per-peer") return ["direct", peer];
  if (route.dmScope === "per-channel-peer") return [channel.kind, "direct", peer];
  return [channel.kind, channel.account, "direct", peer];
}

/** The one name of a person whom the configuration knows by several. Names people give themselves are not looked at. */
function linkedName(
  address: string,
  kind: string,
  identityLinks: MessagingSettings["identityLinks"],
): string | undefined {
  const known = [address.toLowerCase(), `${kind}:${address}`.toLowerCase()];
  const link = Object.entries(identityLinks).find(([, ids]) =>
    ids.some((id) => known.includes(id.trim().toLowerCase())),
  );
  return link?.[0];
}

function mainOf(agent: string): SessionPlace {
  if (agent === mainAgent) return { name: mainSession, kind: SessionKind.MAIN };
  return { name: nameOf([idOf(agent), "main"]), kind: SessionKind.CLIENT };
}

/** Every byte that a name may not have is ~XX; ":" stands between the pieces and in none of them. */
function nameOf(pieces: readonly string[]): string {
  const id = ["agent", ...pieces.map(escaped)].join(":");
  if (id.length <= longestId) return `sessions/${id}`;
  return `sessions/${id.slice(0, 80)}~~${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}

function escaped(piece: string): string {
  let id = "";
  for (const byte of Buffer.from(piece)) {
    const character = String.fromCharCode(byte);
    id += /[A-Za-z0-9._@+-]/.test(character) ? character : `~${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return id;
}
