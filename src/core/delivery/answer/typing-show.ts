/** Shows in a conversation that the agent writes: networks forget it, so it is shown again and again. */

import { channelOf } from "../../channel/channel-names.ts";
import type { Typings } from "../../event/typings.ts";
import type { Store } from "../../store.ts";
import type { ChannelLines } from "../channel-lines.ts";
import { findAddress } from "../outbox/conversation-address.ts";

/** How often it is shown again, in ms. */
const refreshMs = 6_000;

/** What it is shown with. */
export interface TypingParts {
  readonly store: Store;
  readonly lines: ChannelLines;
  readonly typings: Typings;
}

/** One conversation the agent writes in. */
export class TypingShow {
  readonly #parts: TypingParts;
  readonly #conversation: string;
  #stop: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: TypingParts, conversation: string) {
    this.#parts = parts;
    this.#conversation = conversation;
  }

  /** True once it has begun. */
  get begun(): boolean {
    return this.#stop !== undefined;
  }

  /** Begins; doing it again changes nothing. */
  begin(): void {
    if (this.#stop !== undefined) return;
    this.#stop = this.#parts.typings.begin(this.#conversation);
    this.#show(true);
    this.#timer = setInterval(() => this.#show(true), refreshMs);
    this.#timer.unref();
  }

  /** Ends. */
  end(): void {
    if (this.#stop === undefined) return;
    clearInterval(this.#timer);
    this.#stop();
    this.#show(false);
  }

  /** It is a hint: a network that does not take it misses nothing. */
  #show(active: boolean): void {
    this.#tell(active).catch(() => {});
  }

  async #tell(active: boolean): Promise<void> {
    const connection = this.#parts.lines.find(channelOf(this.#conversation))?.connection;
    if (connection?.typing === undefined || !connection.capabilities.typing) return;
    const to = await this.#parts.store.read((tables) => findAddress(tables, this.#conversation));
    if (to !== undefined) await connection.typing(to, active);
  }
}
