/**
 * A homeserver that speaks as much of the client-server API as a gateway needs: login, sync, rooms, sending once by transaction
 * id, relations, redactions, media. It breaks on purpose.
 */

import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { BreakableServer } from "../breakable-server.ts";
import { type Content, type LoggedEvent, RoomLog } from "./room-log.ts";
import { syncAnswer } from "./sync-answer.ts";

/** Us there. */
export const clawId = "@claw:test";

/** How the next message of ours is treated. */
export type Treatment = "later" | "for good" | "unanswered";

interface Answer {
  readonly status?: number;
  readonly body: Content | Uint8Array;
}

interface Call {
  readonly method: string;
  /** Parts of the path after "/_matrix", decoded. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly response: ServerResponse;
  readonly authorization: string | undefined;
}

/** See the file's first line. */
export class FakeHomeserver extends BreakableServer {
  readonly log = new RoomLog();
  readonly accountData = new Map<string, Content>();
  readonly media = new Map<string, Uint8Array>();
  /** Requests about typing: who, where, whether. */
  readonly typing: Content[] = [];
  /** Tokens that are taken. */
  readonly tokens = new Set(["secret-token"]);
  readonly #transactions = new Map<string, string>();
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  /** Longest timeline of a sync. */
  timelineLimit = 100;
  /** Kinds of requests ("messages", "join") that are told once to come later. */
  readonly busyWith = new Set<string>();
  #next: Treatment | undefined;

  constructor() {
    super(createServer((request, response) => void this.#serve(request, response)));
  }

  override async stop(): Promise<void> {
    this.log.wake();
    await super.stop();
  }

  treatNext(how: Treatment): void {
    this.#next = how;
  }

  /** A room with people in it, and us. */
  makeRoom(people: readonly string[], state: Readonly<Record<string, Content>> = {}): string {
    const room = `!${randomUUID()}:test`;
    for (const person of [...people, clawId]) this.join(room, person);
    for (const [type, content] of Object.entries(state))
      this.log.add({ room, type, sender: people[0] ?? "", content, state_key: "" });
    return room;
  }

  join(room: string, person: string): void {
    const content = { membership: "join", displayname: person.slice(1).split(":")[0] };
    this.log.add({ room, type: "m.room.member", sender: person, state_key: person, content });
  }

  invite(room: string, person: string): void {
    this.log.add({ room, type: "m.room.member", sender: person, state_key: clawId, content: { membership: "invite" } });
  }

  /** Somebody says something; resolves with the event's id. */
  say(room: string, sender: string, content: Content): string {
    return this.log.add({ room, type: "m.room.message", sender, content });
  }

  /** Somebody reacts to an event, or takes the reaction back; resolves with the id of what they did. */
  react(
    room: string,
    sender: string,
    { id, key, remove = false }: { id: string; key: string; remove?: boolean },
  ): string {
    const relation = { rel_type: "m.annotation", event_id: id, key };
    if (!remove) return this.log.add({ room, type: "m.reaction", sender, content: { "m.relates_to": relation } });
    const put = this.log.events.findLast((event) => {
      const { event_id, key: what } = (event.content["m.relates_to"] ?? {}) as Content;
      return event.type === "m.reaction" && event.sender === sender && event_id === id && what === key;
    });
    return this.log.add({ room, type: "m.room.redaction", sender, content: { redacts: put?.event_id } });
  }

  /** Our words in a room as they stand now. */
  told(room: string): { id: string; text: string }[] {
    const ours = this.log.events.filter((event) => event.room === room && event.sender === clawId);
    const relation = ({ content }: LoggedEvent): Content => (content["m.relates_to"] ?? {}) as Content;
    const gone = new Set(ours.filter(({ type }) => type === "m.room.redaction").map(({ content }) => content.redacts));
    const said = ours.filter((event) => event.type === "m.room.message" && relation(event).rel_type !== "m.replace");
    return said
      .filter(({ event_id }) => !gone.has(event_id))
      .map(({ event_id, content }) => {
        const edit = ours.findLast(
          (event) => relation(event).rel_type === "m.replace" && relation(event).event_id === event_id,
        );
        const words = (edit?.content["m.new_content"] ?? content) as Content;
        return { id: event_id, text: String(words.body) };
      });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://test");
    const body = await buffer(request).catch(() => undefined);
    if (body === undefined) return;
    const parts = url.pathname.split("/").slice(2).map(decodeURIComponent);
    const { authorization } = request.headers;
    this.asked.push(`${request.method} ${url.pathname}`);
    const call = { method: request.method ?? "", parts, query: url.searchParams, body, response, authorization };
    const { status = 200, body: answer } = await this.#answer(call).catch((error) =>
      refused(500, "M_UNKNOWN", String(error)),
    );
    if (response.destroyed) return;
    const isFile = answer instanceof Uint8Array;
    response.writeHead(status, { "content-type": isFile ? "application/octet-stream" : "application/json" });
    response.end(isFile ? answer : JSON.stringify(answer));
  }

  async #answer(call: Call): Promise<Answer> {
    const [, , what = ""] = call.parts;
    if (what === "login") return this.#logIn(json(call.body));
    if (!this.tokens.has(call.authorization?.replace("Bearer ", "") ?? ""))
      return refused(401, "M_UNKNOWN_TOKEN", "who are you");
    if (this.busyWith.delete(call.parts[4] ?? what)) return tooFast;
    if (call.parts[0] === "media" || what === "media") return this.#file(call);
    if (what === "account") return { body: { user_id: clawId } };
    if (what === "logout") {
      this.tokens.delete(call.authorization?.replace("Bearer ", "") ?? "");
      return { body: {} };
    }
    if (what === "sync") return this.#sync(call);
    if (what === "user") return this.#account(call);
    if (what === "createRoom") return this.#createRoom(json(call.body));
    if (what === "join") {
      this.join(call.parts[3] ?? "", clawId);
      return { body: { room_id: call.parts[3] } };
    }
    if (what === "joined_rooms") return { body: { joined_rooms: this.log.roomsOf(clawId, "join") } };
    if (what === "rooms") return this.#room(call);
    return refused(404, "M_UNRECOGNIZED", `no ${call.parts.join("/")}`);
  }

  #logIn({ password, identifier }: Content): Answer {
    const { user } = identifier as Content;
    if (user !== clawId || password !== "right") return refused(403, "M_FORBIDDEN", "wrong password");
    const token = `made-${randomUUID()}`;
    this.tokens.add(token);
    return { body: { user_id: clawId, access_token: token, device_id: "D" } };
  }

  async #sync({ query, response }: Call): Promise<Answer> {
    const since = query.get("since");
    const from = since === null ? undefined : Number(since.slice(1));
    if (from === this.log.head) await this.log.change(Number(query.get("timeout")));
    if (response.destroyed) return { body: {} };
    return { body: syncAnswer(this.log, { from, limit: this.timelineLimit, us: clawId }) };
  }

  #account({ method, parts, body }: Call): Answer {
    const type = parts[5] ?? "";
    if (method === "PUT") this.accountData.set(type, json(body));
    const content = this.accountData.get(type);
    return content === undefined ? refused(404, "M_NOT_FOUND", "no such data") : { body: content };
  }

  #createRoom({ invite }: Content): Answer {
    const room = this.makeRoom([]);
    for (const person of invite as string[]) this.join(room, person);
    return { body: { room_id: room } };
  }

  #room(call: Call): Answer {
    const [, , , room = "", what = "", first = "", second = ""] = call.parts;
    if (!this.log.members(room).has(clawId)) return refused(403, "M_FORBIDDEN", "you are not in that room");
    if (what === "joined_members") {
      const joined = [...this.log.members(room)].map(([id, name]) => [id, { display_name: name }]);
      return { body: { joined: Object.fromEntries(joined) } };
    }
    if (what === "state") return found(this.log.state(room, first, second));
    if (what === "event") return found(this.#bundled(this.log.find(first)));
    if (what === "messages") return this.#messages(room, call.query);
    if (what === "relations") {
      const related = this.log.events.filter(({ content }) => (content["m.relates_to"] as Content)?.event_id === first);
      return { body: { chunk: related } };
    }
    if (what === "typing") {
      this.typing.push({ room, ...json(call.body) });
      return { body: {} };
    }
    return this.#put(call, room);
  }

  #put({ parts, body, response }: Call, room: string): Answer {
    const [, , , , what, type = "", transaction = ""] = parts;
    const key = `${room} ${what} ${transaction}`;
    const done = this.#transactions.get(key);
    if (done !== undefined) return { body: { event_id: done } };
    const treatment = this.#next;
    this.#next = undefined;
    if (treatment === "later") return tooFast;
    if (treatment === "for good") return refused(403, "M_FORBIDDEN", "you may not speak here");
    const event =
      what === "redact"
        ? { type: "m.room.redaction", content: { ...json(body), redacts: type } }
        : { type, content: json(body) };
    const id = this.log.add({ room, sender: clawId, ...event });
    this.#transactions.set(key, id);
    if (treatment === "unanswered") response.destroy();
    return { body: { event_id: id } };
  }

  /** As servers do it: with the first event of a thread comes whether we took part. */
  #bundled(event: LoggedEvent | undefined): Content | undefined {
    if (event === undefined) return undefined;
    const took = this.log.events.some(({ sender, content }) => {
      const relation = content["m.relates_to"] as Content | undefined;
      return sender === clawId && relation?.rel_type === "m.thread" && relation.event_id === event.event_id;
    });
    return { ...event, unsigned: { "m.relations": { "m.thread": { current_user_participated: took } } } };
  }

  #messages(room: string, query: URLSearchParams): Answer {
    const from = Number(query.get("from")?.slice(1) ?? this.log.head);
    const to = Number(query.get("to")?.slice(1) ?? 0);
    const numbered = this.log.events.map((event, index) => ({ event, number: index + 1 }));
    const between = numbered
      .filter(({ event, number }) => event.room === room && number <= from && number > to)
      .reverse();
    const page = between.slice(0, Math.min(Number(query.get("limit")), this.timelineLimit));
    const last = page.at(-1);
    const end = between.length > page.length && last !== undefined ? { end: `s${last.number - 1}` } : {};
    return { body: { chunk: page.map(({ event }) => event), ...end } };
  }

  #file({ method, parts, body }: Call): Answer {
    if (method === "POST") {
      const id = randomUUID().replaceAll("-", "");
      this.media.set(id, body);
      return { body: { content_uri: `mxc://test/${id}` } };
    }
    if (parts.at(-1) === "config") return { body: { "m.upload.size": 1_000_000 } };
    const bytes = this.media.get(parts.at(-1) ?? "");
    return bytes === undefined ? refused(404, "M_NOT_FOUND", "no such file") : { body: bytes };
  }
}

function json(body: Buffer): Content {
  return JSON.parse(body.toString() || "{}") as Content;
}

function found(content: Content | undefined): Answer {
  return content === undefined ? refused(404, "M_NOT_FOUND", "there is none") : { body: content };
}

const tooFast: Answer = {
  status: 429,
  body: { errcode: "M_LIMIT_EXCEEDED", error: "slowly", retry_after_ms: 20 },
};

function refused(status: number, errcode: string, error: string): Answer {
  return { status, body: { errcode, error } };
}
