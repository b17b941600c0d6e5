/** The rooms we are in, as far as we asked: names, members, which are direct, and which are encrypted. */

import { NewestMap } from "../../../lib/newest-map.ts";
import { type MatrixApi, MatrixError, path } from "../matrix-api.ts";
import { type Json, listAt, type MatrixEvent, objectAt, textAt } from "../matrix-json.ts";
import type { MatrixSession } from "../matrix-session.ts";

/** Rooms remembered at once; those asked for longest ago are asked for again. */
const maxRooms = 1_000;

/** One room. */
export interface Room {
  readonly id: string;
  /** Its name; without one the names of who else is there. */
  readonly title: string;
  /** One person and we, and nothing says that it is more than that. */
  readonly direct: boolean;
  readonly encrypted: boolean;
  /** Display names by user id. */
  readonly members: ReadonlyMap<string, string>;
}

/** State that changes what is known of a room. */
const knownState = new Set(["m.room.name", "m.room.canonical_alias", "m.room.encryption", "m.room.member"]);

/** See the file's first line. */
export class MatrixRooms {
  readonly #session: MatrixSession;
  readonly #rooms = new NewestMap<string, Promise<Room>>(maxRooms);
  /** Direct rooms by the person in them, as the account says. */
  #direct = new Map<string, readonly string[]>();

  constructor(session: MatrixSession) {
    this.#session = session;
  }

  /** Asks which rooms are direct. */
  async start(signal: AbortSignal): Promise<void> {
    const { api, userId } = this.#session;
    const where = path`/client/v3/user/${userId}/account_data/m.direct`;
    this.setDirect((await whereFound(api.call({ method: "GET", path: where, signal }))) ?? {});
  }

  /** The account says anew which rooms are direct. */
  setDirect(content: Json): void {
    const people = Object.keys(content);
    this.#direct = new Map(people.map((person) => [person, listAt(content, person).map(String)]));
    this.#rooms.clear();
  }

  /** The direct room with somebody, if there is one. */
  directWith(person: string): string | undefined {
    return this.#direct.get(person)?.at(-1);
  }

  /** Makes a direct room with somebody and remembers it in the account. */
  async makeDirect(person: string, signal: AbortSignal): Promise<string> {
    const { api, userId } = this.#session;
    const body = { is_direct: true, invite: [person], preset: "trusted_private_chat" };
    const room = textAt(await api.call({ method: "POST", path: path`/client/v3/createRoom`, body, signal }), "room_id");
    const direct = { ...Object.fromEntries(this.#direct), [person]: [...(this.#direct.get(person) ?? []), room] };
    const where = path`/client/v3/user/${userId}/account_data/m.direct`;
    await api.call({ method: "PUT", path: where, body: direct, signal });
    this.setDirect(direct);
    return room;
  }

  /** State has changed; what depends on it is asked for anew. */
  hear(room: string, events: readonly MatrixEvent[]): void {
    if (events.some(({ type, state_key }) => state_key !== undefined && knownState.has(type))) this.#rooms.delete(room);
  }

  /** Rejects with MatrixError when we are not in it. */
  async get(id: string, signal: AbortSignal): Promise<Room> {
    const asked = this.#rooms.get(id) ?? this.#ask(id, signal);
    this.#rooms.set(id, asked);
    try {
      return await asked;
    } catch (error) {
      if (this.#rooms.get(id) === asked) this.#rooms.delete(id);
      throw error;
    }
  }

  async #ask(id: string, signal: AbortSignal): Promise<Room> {
    const { api, userId } = this.#session;
    const state = (type: string): Promise<Json | undefined> => stateOf(api, { room: id, type, signal });
    const [joined, name, alias, encryption] = await Promise.all([
      api.call({ method: "GET", path: path`/client/v3/rooms/${id}/joined_members`, signal }),
      state("m.room.name"),
      state("m.room.canonical_alias"),
      state("m.room.encryption"),
    ]);
    const people = objectAt(joined, "joined");
    const members = new Map(
      Object.keys(people).map((one) => [one, textAt(objectAt(people, one), "display_name") || one]),
    );
    const named = textAt(name ?? {}, "name") || textAt(alias ?? {}, "alias");
    const others = [...members].filter(([one]) => one !== userId);
    // Whoever else was let in makes it a group, whatever the account says.
    const marked = [...this.#direct.values()].some((rooms) => rooms.includes(id));
    return {
      id,
      title:
        named ||
        others
          .map(([, title]) => title)
          .slice(0, 5)
          .join(", ") ||
        id,
      direct: members.size <= 2 && (marked || named === ""),
      encrypted: encryption !== undefined,
      members,
    };
  }
}

function stateOf(
  api: MatrixApi,
  { room, type, signal }: { room: string; type: string; signal: AbortSignal },
): Promise<Json | undefined> {
  return whereFound(api.call({ method: "GET", path: path`/client/v3/rooms/${room}/state/${type}/`, signal }));
}

async function whereFound(asked: Promise<Json>): Promise<Json | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof MatrixError && error.status === 404) return undefined;
    throw error;
  }
}
