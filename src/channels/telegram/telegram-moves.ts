/**
 * Groups that became supergroups have a new number. For us they go on under the old one: conversation, session and settings
 * stay what they were. Kept as the channel's cursor, since Telegram itself knows which messages it has still to bring.
 */

import type { Message, Update } from "grammy/types";
import type { ChannelHost } from "../../core/channel/network.ts";

/** Most moves that are remembered; the oldest are forgotten first. */
const maxMoves = 500;

type Keeper = Pick<ChannelHost, "backfillCursor" | "keepCursor" | "log">;

/** See the file's first line. */
export class MovedGroups {
  readonly #host: Keeper;
  /** New number → the first one. */
  readonly #first: Map<number, number>;
  /** The first number → the newest. */
  readonly #newest: Map<number, number>;

  private constructor(host: Keeper, moves: readonly (readonly [from: number, to: number])[]) {
    this.#host = host;
    this.#newest = new Map(moves);
    this.#first = new Map(moves.map(([from, to]) => [to, from]));
  }

  /** Those that are known. */
  static async load(host: Keeper): Promise<MovedGroups> {
    return new MovedGroups(host, movesFrom(await host.backfillCursor()));
  }

  /** The number to send to. */
  numberNow(chat: number | string): number | string {
    return typeof chat === "number" ? (this.#newest.get(chat) ?? chat) : chat;
  }

  /** The update as if the group had its first number still. */
  asBefore(update: Update): Update {
    const changed: Record<string, unknown> = { ...update };
    for (const [key, value] of Object.entries(update)) {
      if (typeof value !== "object") continue;
      if (key === "callback_query" && value.message) changed[key] = { ...value, message: this.#moved(value.message) };
      else if ("chat" in value) changed[key] = this.#moved(value as Message);
    }
    return changed as unknown as Update;
  }

  /** Remembers what an update tells of a move; resolves when it is safe on disk. */
  async hear({ message }: Update): Promise<void> {
    if (message?.migrate_to_chat_id !== undefined) await this.note(message.chat.id, message.migrate_to_chat_id);
    if (message?.migrate_from_chat_id !== undefined) await this.note(message.migrate_from_chat_id, message.chat.id);
  }

  /** Remembers a move; resolves when it is safe on disk. */
  async note(from: number, to: number): Promise<void> {
    const first = this.#first.get(from) ?? from;
    if (this.#newest.get(first) === to) return;
    this.#newest.set(first, to);
    this.#first.set(to, first);
    this.#host.log.info({ from: first, to }, "a group on Telegram has a new number and goes on under its old one");
    await this.#host.keepCursor(JSON.stringify([...this.#newest].slice(-maxMoves)));
  }

  #moved<T extends Pick<Message, "chat">>(message: T): T {
    const first = this.#first.get(message.chat.id);
    return first === undefined ? message : { ...message, chat: { ...message.chat, id: first } };
  }
}

/** A cursor of somebody else's (a driver had the channel before) tells of no moves. */
function movesFrom(cursor: string): [number, number][] {
  try {
    const moves: unknown = JSON.parse(cursor);
    const isMove = (move: unknown): move is [number, number] =>
      Array.isArray(move) && move.length === 2 && move.every((number) => Number.isSafeInteger(number));
    return Array.isArray(moves) ? moves.filter(isMove) : [];
  } catch {
    return [];
  }
}
