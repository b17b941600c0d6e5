/** Answers of the fake Discord's HTTP interface. */

import { type DiscordPlace, directId, guildId, mia, type PlacedMessage, roleId, selfUser } from "./discord-place.ts";

/** What is answered. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** What was asked. */
export interface PlaceRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly query: URLSearchParams;
  /** Where the gateway is. */
  readonly root: string;
}

/** Does what is asked, and says what comes of it. */
export function answerRequest(place: DiscordPlace, request: PlaceRequest): Answer {
  const { method, path, body, root, query } = request;
  if (path === "/users/@me") return { status: 200, body: selfUser };
  if (path === "/gateway/bot") {
    return { status: 200, body: { url: root, shards: 1, session_start_limit: { remaining: 900, reset_after: 1 } } };
  }
  if (path === "/users/@me/channels") {
    if (body.recipient_id !== mia.id) return { status: 400, body: { message: "Invalid Recipient(s)", code: 50033 } };
    return { status: 200, body: place.channels.find(({ id }) => id === directId) };
  }
  if (path === "/users/@me/guilds") return { status: 200, body: [{ id: guildId, name: "House" }] };
  if (path === `/guilds/${guildId}/channels`)
    return { status: 200, body: place.channels.filter((one) => one.guild_id) };
  if (path === `/guilds/${guildId}/members/search`) {
    return { status: 200, body: "mia".startsWith(query.get("query") ?? "") ? [{ user: mia, roles: [] }] : [] };
  }
  if (path === `/guilds/${guildId}/members`) return { status: 200, body: [{ user: mia }, { user: selfUser }] };
  if (path === `/guilds/${guildId}`) return { status: 200, body: place.guild };
  if (path === `/guilds/${guildId}/members/${mia.id}`) return { status: 200, body: { user: mia, roles: [roleId] } };
  const [, interaction] = /^\/interactions\/(\d+)\/\S+\/callback$/.exec(path) ?? [];
  if (interaction !== undefined) {
    place.answered.push(`${interaction} ${body.type}`);
    return { status: 204 };
  }
  const [, channel = "", rest = ""] = /^\/channels\/(\d+)(.*)$/.exec(path) ?? [];
  const known = place.channels.find(({ id }) => id === channel);
  if (known === undefined) return { status: 404, body: { message: "Unknown Channel", code: 10003 } };
  if (rest === "") return { status: 200, body: known };
  if (rest === "/typing") return { status: 204 };
  if (rest === "/messages") return method === "POST" ? post(place, channel, body) : history(place, channel, query);
  return change(place, rest, { method, body });
}

function post(place: DiscordPlace, channel: string, body: Record<string, unknown>): Answer {
  const { content = "", nonce, enforce_nonce, files = [], flags, message_reference } = body;
  if (String(content).length > 2_000) return { status: 400, body: { message: "Invalid Form Body", code: 50035 } };
  const before = place.messages.find((message) => enforce_nonce === true && message.nonce === nonce);
  if (before !== undefined) return { status: 200, body: before };
  const attachments = (files as { name: string }[]).map(({ name }) => ({ filename: name, size: 1, url: "" }));
  const more = {
    author: selfUser,
    nonce,
    attachments,
    flags,
    message_reference,
    poll: body.poll,
    components: body.components,
  };
  return { status: 200, body: place.say(channel, String(content), more) };
}

/** What Discord keeps knows no nonces. */
function history(place: DiscordPlace, channel: string, query: URLSearchParams): Answer {
  const after = BigInt(query.get("after") ?? 0);
  const limit = Number(query.get("limit") ?? 50);
  const found = place.in(channel).filter(({ id }) => BigInt(id) > after);
  const page = query.has("after") ? found.slice(0, limit) : found.slice(-limit);
  const plain = page.map(({ nonce: _, guild_id: __, member: ___, ...message }) => message);
  return { status: 200, body: plain.reverse() };
}

function change(place: DiscordPlace, rest: string, { method, body }: Pick<PlaceRequest, "method" | "body">): Answer {
  const [, id, reaction] = /^\/messages\/(\d+)(?:\/reactions\/(.+)\/@me)?$/.exec(rest) ?? [];
  const at = place.messages.findIndex((message) => message.id === id);
  const message: PlacedMessage | undefined = place.messages[at];
  if (message === undefined) return { status: 404, body: { message: "Unknown Message", code: 10008 } };
  if (reaction !== undefined) {
    place.reactions.push(`${method} ${decodeURIComponent(reaction)} ${id}`);
    return { status: 204 };
  }
  if (method === "DELETE") {
    place.messages.splice(at, 1);
    return { status: 204 };
  }
  message.content = String(body.content);
  return { status: 200, body: message };
}
