/** Invitations: kept to be listed, and accepted where the configuration says so. */

import type { ChannelHost } from "../../../core/channel/network.ts";
import { MatrixError, matrixWords, path } from "../matrix-api.ts";
import { eventsAt, type Json, objectAt, textAt } from "../matrix-json.ts";
import type { MatrixSession } from "../matrix-session.ts";
import type { MatrixSettings } from "../matrix-settings.ts";

/** One that waits. */
export interface Invite {
  readonly room: string;
  readonly title: string;
  /** Who invites. */
  readonly sender: string;
}

/** What invitations are answered with. */
export interface InviteRooms {
  readonly session: MatrixSession;
  readonly settings: MatrixSettings;
  readonly host: ChannelHost;
  readonly signal: AbortSignal;
}

/** See the file's first line. */
export class MatrixInvites {
  readonly #rooms: InviteRooms;
  readonly #waiting = new Map<string, Invite>();

  constructor(rooms: InviteRooms) {
    this.#rooms = rooms;
  }

  get waiting(): readonly Invite[] {
    return [...this.#waiting.values()];
  }

  /** Takes `rooms.invite` of a sync, and the ids of rooms we are in by now. */
  async hear(invited: Json, joined: readonly string[]): Promise<void> {
    for (const room of joined) this.#waiting.delete(room);
    for (const room of Object.keys(invited)) await this.#hear(room, objectAt(invited, room));
  }

  /** Accepts one, if there is one to this room. Rejects with what the homeserver says. */
  async accept(room: string, signal: AbortSignal): Promise<void> {
    if (!this.#waiting.has(room)) return;
    const { api } = this.#rooms.session;
    await api.call({ method: "POST", path: path`/client/v3/join/${room}`, body: {}, signal, patient: true });
    this.#waiting.delete(room);
  }

  async #hear(room: string, invited: Json): Promise<void> {
    const { session, host, signal } = this.#rooms;
    const state = eventsAt(objectAt(invited, "invite_state"), "events");
    const find = (type: string, key = ""): Json => {
      return state.find((event) => event.type === type && event.state_key === key)?.content ?? {};
    };
    const alias = textAt(find("m.room.canonical_alias"), "alias");
    const own = state.find(({ type, state_key }) => type === "m.room.member" && state_key === session.userId);
    const sender = own?.sender ?? "";
    this.#waiting.set(room, { room, sender, title: textAt(find("m.room.name"), "name") || alias || room });
    if (!this.#wanted([room, alias, sender])) {
      host.log.info({ room, sender }, "somebody invites us to a room on Matrix; channels.matrix.autoJoin leaves it");
      return;
    }
    try {
      await this.accept(room, signal);
    } catch (error) {
      if (!(error instanceof MatrixError)) throw error;
      host.log.warn({ room, sender, reason: matrixWords(error) }, "a room on Matrix cannot be joined");
    }
  }

  #wanted(names: readonly string[]): boolean {
    const { autoJoin, autoJoinAllowlist } = this.#rooms.settings;
    if (autoJoin !== "allowlist") return autoJoin === "always";
    return names.some((name) => name !== "" && autoJoinAllowlist.includes(name));
  }
}
