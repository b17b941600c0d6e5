/** The event log as readers see it: the durable tail, kept in memory for those who follow it, and a bell. */

import type { Event } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { Wakeup } from "../../lib/wakeup.ts";
import { cursorExpired, cursorForeign } from "../errors.ts";
import type { ReadTables, Store } from "../store.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { eventBytes } from "./event-size.ts";

const tailBytes = 1_048_576;
const batchBytes = 262_144;

interface TailEvent {
  readonly event: Event;
  readonly sizeBytes: number;
}

interface TailSlice {
  readonly start: number;
  readonly limit: number;
  readonly events: readonly Event[];
}

/** Reads the log. Facts are only ever read after they are safe on disk. */
export class EventLog {
  readonly #store: Store;
  #tail: TailEvent[] = [];
  #tailBytes = 0;
  #head = 0;
  #slice: TailSlice | undefined;
  #lastCursor: { readonly sequence: number; readonly text: string } | undefined;
  /** Rings soon after every commit that added events: whoever made them has the answer first. */
  readonly changed = new Wakeup();

  constructor(store: Store) {
    this.#store = store;
    store.onCommit((events) => this.#committed(events));
  }

  /** Reads the head of the log; call once before anything else. */
  async start(): Promise<void> {
    this.#head = await this.#store.read((tables) => tables.events.head());
  }

  /** Sequence of the newest durable event; 0 when there is none. */
  get head(): number {
    return this.#head;
  }

  /** Cursor right after the event with this sequence. */
  cursor(sequence: number): string {
    // Most who ask at one time ask for the same.
    if (sequence !== this.#lastCursor?.sequence) {
      this.#lastCursor = { sequence, text: encodeCursor(this.#store.logId, sequence) };
    }
    return this.#lastCursor.text;
  }

  /** The sequence inside a cursor of this log, whether it can still be continued or not. Fails with CURSOR_FOREIGN or FIELD_INVALID. */
  sequence(cursor: string): number {
    return decodeCursor(this.#store.logId, cursor);
  }

  /** Position just before the oldest event kept, and the first events after it, as `readAfter` gives them. */
  readOldest(limit: number): Promise<{ position: number; events: readonly Event[] }> {
    return this.#store.read(async ({ events }) => {
      const position = await events.floor();
      return { position, events: await events.readAfter(position, limit, batchBytes) };
    });
  }

  /** The position of a cursor. Fails with CURSOR_FOREIGN, CURSOR_EXPIRED or FIELD_INVALID. */
  async position(cursor: string): Promise<number> {
    const sequence = decodeCursor(this.#store.logId, cursor);
    const [floor, head] = await this.#store.read(async ({ events }) => [await events.floor(), await events.head()]);
    if (sequence < floor) throw cursorExpired(this.cursor(floor));
    // A cursor from after the head was given out by a log that has since been set back: what its holder saw is not here.
    if (sequence > head) throw cursorForeign();
    return sequence;
  }

  /** Up to `limit` events after `sequence`, about 256 KiB at most; empty at the head. Fails with CURSOR_EXPIRED. */
  async readAfter(sequence: number, limit: number): Promise<readonly Event[]> {
    if (sequence >= this.#head) return [];
    const first = this.#tail[0];
    if (first !== undefined && sequence >= Number(first.event.sequence) - 1) {
      return this.#readTail(sequence - Number(first.event.sequence) + 1, limit);
    }
    return this.#store.read(async ({ events }) => {
      await this.#checkKept(events, sequence);
      return events.readAfter(sequence, limit, batchBytes);
    });
  }

  /** Up to `limit` events before `sequence`, newest first. */
  readBefore(sequence: number, limit: number): Promise<readonly Event[]> {
    return this.#store.read(({ events }) => events.readBefore(sequence, limit));
  }

  async #checkKept(events: ReadTables["events"], sequence: number): Promise<void> {
    const floor = await events.floor();
    if (sequence < floor) throw cursorExpired(this.cursor(floor));
  }

  /** Everybody who asks for the same gets the same: who watches all sees that by it, and may share what was made of it. */
  #readTail(start: number, limit: number): readonly Event[] {
    if (this.#slice?.start !== start || this.#slice.limit !== limit) {
      this.#slice = { start, limit, events: this.#sliceTail(start, limit) };
    }
    return this.#slice.events;
  }

  #sliceTail(start: number, limit: number): Event[] {
    const events: Event[] = [];
    let bytes = 0;
    for (const { event, sizeBytes } of this.#tail.slice(start, start + limit)) {
      bytes += sizeBytes;
      if (events.length > 0 && bytes > batchBytes) break;
      events.push(event);
    }
    return events;
  }

  #committed(events: readonly Event[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.#head = Number(last.sequence);
    this.#slice = undefined;
    for (const event of events) {
      const sizeBytes = eventBytes(event);
      this.#tail.push({ event, sizeBytes });
      this.#tailBytes += sizeBytes;
    }
    if (this.#tailBytes > tailBytes) this.#trimTail();
    this.changed.wakeSoon();
  }

  /** Halves the tail, so that trimming is rare and each event is moved about once. */
  #trimTail(): void {
    let drop = 0;
    while (this.#tailBytes > tailBytes / 2 && drop < this.#tail.length) {
      this.#tailBytes -= this.#tail[drop]?.sizeBytes ?? 0;
      drop += 1;
    }
    this.#tail = this.#tail.slice(drop);
  }
}
