/** What people say to us on IRC, handed in message by message. */

import { randomUUID } from "node:crypto";
import type { InboundMessage } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { systemClock } from "../../lib/clock.ts";
import { Turns } from "../../lib/turns.ts";
import { inboundFrom } from "./irc-inbound.ts";
import { type IrcLine, sourceOf } from "./irc-line.ts";
import type { Roster } from "./irc-roster.ts";
import type { IrcWire } from "./irc-wire.ts";

/** Messages that wait to be kept before the server has to wait too. */
const maxWaiting = 200;

/** Hands in every message, one after the other: the next one waits until the one before is kept. */
export class IrcFeed {
  readonly #wire: IrcWire;
  readonly #keep: (message: InboundMessage) => Promise<unknown>;
  /** Where the server gives no ids, a message is its place in this connection. */
  readonly #session = randomUUID();
  #count = 0;
  #waiting = 0;
  readonly #turns = new Turns();

  constructor(wire: IrcWire, keep: (message: InboundMessage) => Promise<unknown>) {
    this.#wire = wire;
    this.#keep = keep;
  }

  /** Takes a line; what is no message to us is left alone. */
  hear(line: IrcLine, roster: Roster): void {
    if (line.command !== "PRIVMSG" || roster.isSelf(sourceOf(line).nick)) return;
    this.#count += 1;
    const fallbackId = `${this.#session}-${this.#count}`;
    const message = inboundFrom(line, {
      nick: roster.nick,
      fold: roster.fold.bind(roster),
      fallbackId,
      nowMs: systemClock.nowMs(),
    });
    if (message === undefined) return;
    this.#waiting += 1;
    if (this.#waiting === maxWaiting) this.#wire.pause();
    void this.#turns.run(() => this.#handIn(message));
  }

  async #handIn(message: InboundMessage): Promise<void> {
    // IRC sends nothing twice: a message that cannot be kept is lost, which the host has logged.
    await this.#keep(message).catch(() => {});
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#wire.resume();
  }
}
