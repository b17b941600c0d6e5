/** What happens on Slack, handled one after the other: messages are handed in, and missed ones fetched. */

import type { InboundMessage } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { Turns } from "../../../lib/turns.ts";
import {
  compareTimes,
  isPress,
  isReaction,
  type SlackChannel,
  type SlackEvent,
  type SlackMessage,
} from "../slack-api.ts";
import { pressedFrom } from "../slack-buttons.ts";
import { inboundFrom, type ReadingParts, threadAddress } from "../slack-inbound.ts";
import { reactionFrom } from "../slack-reactions.ts";
import { SlackRefusal } from "../slack-web.ts";
import type { FeedCursor } from "./feed-cursor.ts";

/** Missed messages of one conversation that are fetched at most, and at once. */
const mostMissed = 500;
const pageSize = 100;
/** Direct conversations that are looked into though nothing was said there lately: somebody may have written for the first time. */
const mostQuiet = 15;

/** What the feed works with. */
export interface FeedParts extends ReadingParts {
  readonly cursor: FeedCursor;
}

/** See the file's first line. */
export class EventFeed {
  readonly #parts: FeedParts;
  readonly #turns = new Turns();

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** Takes an event after everything before it. Resolves when what it brought is safe on disk; rejects when it is not. */
  hear(event: SlackEvent): Promise<void> {
    return this.#queue(async () => {
      if (isReaction(event)) await this.#receive(await reactionFrom(event, this.#parts));
      else if (isPress(event)) await this.#receive(await pressedFrom(event, this.#parts));
      else if (event.type === "message" || event.type === "app_mention") await this.#handIn(event);
    });
  }

  /** Hands in what was said where we were lately, while we were away. */
  catchUp(): Promise<void> {
    const { cursor, signal, host } = this.#parts;
    cursor.freeze();
    return this.#queue(async () => {
      const quiet = cursor.wasHere ? await this.#quietDirect() : [];
      for (const conversation of [...cursor.active, ...quiet]) {
        try {
          await this.#catchUpIn(conversation);
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof SlackRefusal)) throw error;
          host.log.warn({ err: error, conversation }, "what was missed on Slack cannot be fetched");
        }
      }
      cursor.caughtUp();
      await host.keepCursor(cursor.toString());
    });
  }

  #queue(work: () => Promise<void>): Promise<void> {
    return this.#turns.run(async () => {
      this.#parts.signal.throwIfAborted();
      await work();
    });
  }

  async #quietDirect(): Promise<string[]> {
    const { web, cursor, signal, host } = this.#parts;
    const query = { types: "im", exclude_archived: true, limit: mostQuiet + cursor.active.length };
    const call = web.read<{ channels: readonly SlackChannel[] }>("users.conversations", query, { signal });
    const { channels } = await call.catch((error: unknown) => {
      if (!(error instanceof SlackRefusal)) throw error;
      host.log.warn({ err: error }, "direct conversations on Slack cannot be listed");
      return { channels: [] };
    });
    const ids = channels.map(({ id }) => id).filter((id) => !cursor.active.includes(id));
    return ids.slice(0, mostQuiet);
  }

  async #catchUpIn(conversation: string): Promise<void> {
    const { web, cursor, signal, host } = this.#parts;
    const [channel = "", ts] = conversation.split(":", 2);
    const method = ts === undefined ? "conversations.history" : "conversations.replies";
    const { after } = cursor;
    const missed: SlackMessage[] = [];
    let next: string | undefined;
    do {
      const query = { channel, ts, oldest: after, limit: pageSize, cursor: next };
      const page = await web.read<HistoryPage>(method, query, { signal });
      missed.push(...page.messages);
      next = page.response_metadata?.next_cursor || undefined;
    } while (next !== undefined && missed.length < mostMissed);
    if (next !== undefined)
      host.log.warn({ conversation }, "more was said on Slack while we were away than is fetched");
    // A thread is told with the message it hangs on, however old that is.
    const newer = missed.filter(({ ts: time }) => compareTimes(time, after) > 0);
    for (const message of newer.sort((a, b) => compareTimes(a.ts, b.ts))) await this.#handIn({ ...message, channel });
  }

  /** What is fetched by nobody afterwards: it moves no cursor. */
  async #receive(inbound: InboundMessage | undefined): Promise<void> {
    if (inbound !== undefined) await this.#parts.host.receive(inbound);
  }

  async #handIn(event: SlackMessage): Promise<void> {
    const { cursor, host } = this.#parts;
    const inbound = await inboundFrom(event, this.#parts);
    if (inbound === undefined) return;
    const { channel = "", thread_ts, ts } = event;
    const isReply = thread_ts !== undefined && thread_ts !== ts;
    if (!inbound.edited) cursor.sawMessage(inbound.platformId, isReply ? threadAddress(channel, thread_ts) : channel);
    await host.receive(inbound, cursor.toString());
  }
}

interface HistoryPage {
  readonly messages: readonly SlackMessage[];
  readonly response_metadata?: { readonly next_cursor?: string };
}
