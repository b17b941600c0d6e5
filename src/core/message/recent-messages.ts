/** The transcripts that were read last, kept in memory: whoever reads one again reads only what came since. */

import type { Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { messageBytes } from "./message-size.ts";
import type { MessageQuery, MessageReader } from "./message-table.ts";

/** What all remembered messages take together, by `messageBytes`; about 7 000 short ones. */
const maxBytes = 4 * 1_048_576;

/** The newest messages of one generation, from a position on. */
export type NewestMessages = Pick<MessageQuery, "session" | "generation" | "from" | "limit">;

/** Messages that have their final place: they never change, and none will ever come between or before them. */
interface Remembered {
  readonly generation: number;
  readonly from: number | undefined;
  /** Oldest first; at least one. */
  readonly placed: readonly Message[];
  /** Position of the last of them. */
  readonly last: number;
  /** How many messages the generation has up to there. */
  readonly count: number;
  readonly bytes: number;
}

/**
 * Remembers messages by session, those of the sessions read last. What is remembered is believed only when it and what was
 * written since are as many messages as the session counts: a session that was deleted and made anew is read anew.
 */
export class RecentMessages {
  readonly #maxBytes: number;
  readonly #bySession = new Map<string, Remembered>();
  #bytes = 0;

  /** `maxBytes` bounds what is remembered; a transcript that is longer than that is not. */
  constructor(limit: number = maxBytes) {
    this.#maxBytes = limit;
  }

  /**
   * The newest messages, oldest first, in a new array. `total` is how many the generation has, waiting and withdrawn ones
   * included, by the same snapshot. A query of the same session with the same `from` must not have a larger `limit` than the
   * last one by more than the messages that came in between.
   */
  async read(messages: MessageReader, query: NewestMessages, total: number): Promise<Message[]> {
    const known = this.#bySession.get(query.session);
    const matches = known?.generation === query.generation && known.from === query.from;
    const rows = (matches && (await readOn(messages, { query, known, total }))) || (await readAll(messages, query));
    this.#forget(query.session);
    const placed = rows.filter((message) => !message.pending);
    const count = total - (rows.length - placed.length);
    const bytes = bytesOf(placed, known);
    const last = Number(placed.at(-1)?.position);
    const { generation, from } = query;
    if (placed.length > 0) this.#remember(query.session, { generation, from, placed, last, count, bytes });
    return rows;
  }

  #remember(session: string, remembered: Remembered): void {
    if (remembered.bytes > this.#maxBytes) return;
    this.#bySession.set(session, remembered);
    this.#bytes += remembered.bytes;
    for (const oldest of this.#bySession.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#forget(oldest);
    }
  }

  #forget(session: string): void {
    this.#bytes -= this.#bySession.get(session)?.bytes ?? 0;
    this.#bySession.delete(session);
  }
}

/** Bytes of all; what is known is not measured again where they begin with it. */
function bytesOf(placed: readonly Message[], known: Remembered | undefined): number {
  const before = known !== undefined && placed[0] === known.placed[0] ? known : undefined;
  const fresh = placed.slice(before?.placed.length ?? 0);
  return fresh.reduce((sum, message) => sum + messageBytes(message), before?.bytes ?? 0);
}

interface Continuation {
  readonly query: NewestMessages;
  readonly known: Remembered;
  readonly total: number;
}

/** What is known and what came since; undefined when that is not the whole truth. */
async function readOn(messages: MessageReader, { query, known, total }: Continuation): Promise<Message[] | undefined> {
  const newer = await readAll(messages, { ...query, from: known.last + 1 });
  return known.count + newer.length === total ? [...known.placed, ...newer].slice(-query.limit) : undefined;
}

async function readAll(messages: MessageReader, query: NewestMessages): Promise<Message[]> {
  const newest = await messages.list({ ...query, order: "newest" });
  return newest.reverse();
}
