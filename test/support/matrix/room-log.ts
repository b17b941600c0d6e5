/** What happened in the rooms of a fake homeserver, as one numbered stream. */

import { randomUUID } from "node:crypto";

/** Content of an event. */
export type Content = Readonly<Record<string, unknown>>;

/** One event as clients see it. */
export interface LoggedEvent {
  readonly type: string;
  readonly event_id: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Content;
  readonly state_key?: string;
  readonly unsigned?: Content;
  readonly room: string;
}

/** See the file's first line. */
export class RoomLog {
  readonly events: LoggedEvent[] = [];
  readonly #waiting = new Set<() => void>();

  /** Adds an event and wakes whoever waits. */
  add(event: Omit<LoggedEvent, "event_id" | "origin_server_ts"> & Partial<LoggedEvent>): string {
    const id = event.event_id ?? `$${randomUUID()}`;
    this.events.push({ origin_server_ts: Date.now(), ...event, event_id: id });
    this.wake();
    return id;
  }

  /** Number of the newest event. */
  get head(): number {
    return this.events.length;
  }

  wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when something happened, at the latest after `ms`. */
  async change(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }

  find(id: string): LoggedEvent | undefined {
    return this.events.find(({ event_id }) => event_id === id);
  }

  /** The newest state of a room. */
  state(room: string, type: string, key = ""): Content | undefined {
    return this.events.findLast((event) => event.room === room && event.type === type && event.state_key === key)
      ?.content;
  }

  /** Who is in a room, with names. */
  members(room: string): Map<string, string> {
    const members = new Map<string, string>();
    for (const { room: where, type, state_key = "", content } of this.events) {
      if (where !== room || type !== "m.room.member") continue;
      if (content.membership === "join") members.set(state_key, String(content.displayname ?? state_key));
      else members.delete(state_key);
    }
    return members;
  }

  /** Rooms where somebody is in the given membership. */
  roomsOf(person: string, membership: string): string[] {
    const rooms = [...new Set(this.events.map(({ room }) => room))];
    return rooms.filter((room) => this.state(room, "m.room.member", person)?.membership === membership);
  }
}
