/**
 * The order in which messages are taken in: those of a conversation one after the other, and nobody so fast that the others
 * notice it. Whoever brings the next messages before the earlier ones are kept pays for the time each of them took: they rest
 * in proportion to it. The rests follow the machine: where a message takes longer, or everybody is busy, they are longer too.
 *
 * Who brings one message at a time, and the next when it was kept, never rests: people who wait for answers do, and so do
 * networks that hand everything in as one line, where everybody would wait behind the one who rests.
 */

import type { Clock } from "../../../lib/clock.ts";
import { KeyedLock } from "../../../lib/turns.ts";
import { ConversationBusy } from "../channel-failures.ts";

/** How turns are given. */
export interface TurnRules {
  /** How long whoever has a backlog rests for each ms a message took. */
  readonly restPerWork: number;
  /** Rest that may be owed before any is taken, in ms. */
  readonly creditMs: number;
  /** Longest rest before one message, in ms. */
  readonly longestRestMs: number;
  /** Messages of one conversation, or one sender, that may be in here. */
  readonly maxInside: number;
}

/**
 * The rules of a gateway. A message takes about 4 ms until it is kept and as much again until it is answered, so that a
 * flood gets about ten a second, more than any person writes, and a tenth of one processor: a message of somebody else meets
 * it one time in ten. The credit is what somebody may paste at once: some twenty messages. A hiccup of the disk is nobody's
 * flood: no rest is longer than a second. Beyond 64 the messages are safer where they come from than in memory, and a driver
 * has 256 calls: one conversation does not take them all.
 */
const turnRules: TurnRules = { restPerWork: 20, creditMs: 2_000, longestRestMs: 1_000, maxInside: 64 };

/** What turns are given with. */
export interface TurnParts {
  readonly clock: Clock;
  readonly rules?: TurnRules;
  /** Resolves after so many ms, or once the signal aborts; a test has its own. */
  readonly rest?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A conversation or sender with messages in here, or with rest to take. */
interface Party {
  readonly name: string;
  inside: number;
  /** When all rest will have been taken, ms since the epoch. */
  restedMs: number;
}

/** Parties that are only remembered for the rest they owe; beyond, those who owe none any more are forgotten. */
const forgetBeyond = 1_000;

/** Gives turns. */
export class FairTurns {
  readonly #parts: TurnParts;
  readonly #rules: TurnRules;
  readonly #conversations = new KeyedLock();
  readonly #senders = new KeyedLock();
  readonly #parties = new Map<string, Party>();
  readonly #hurry = new AbortController();

  constructor(parts: TurnParts) {
    this.#parts = parts;
    this.#rules = parts.rules ?? turnRules;
  }

  /** Conversations and senders that are remembered. */
  get size(): number {
    return this.#parties.size;
  }

  /**
   * Runs `work` when it is the turn of the message; resolves or rejects as it does. Messages of a conversation have their
   * turns in the order of the calls. Fails with RATE_LIMITED, without running it, when too many wait already.
   */
  async take<T>(message: { conversation: string; sender: string }, work: () => Promise<T>): Promise<T> {
    const { conversation, sender } = message;
    const parties = this.#enter([conversation, sender]);
    try {
      const turn = (): Promise<T> => this.#turn(parties, work);
      return await this.#conversations.run(conversation, () => this.#senders.run(sender, turn));
    } finally {
      this.#leave(parties);
    }
  }

  /** Nobody rests any more: the gateway is about to stop, and what was brought is to be kept before. */
  hurry(): void {
    this.#hurry.abort();
  }

  #enter(names: readonly string[]): Party[] {
    const parties = names.map((name) => this.#parties.get(name) ?? { name, inside: 0, restedMs: 0 });
    for (const { name, inside } of parties) {
      if (inside >= this.#rules.maxInside) throw new ConversationBusy(name, inside, this.#rules.longestRestMs);
    }
    for (const party of parties) {
      party.inside += 1;
      this.#parties.set(party.name, party);
    }
    return parties;
  }

  async #turn<T>(parties: readonly Party[], work: () => Promise<T>): Promise<T> {
    const { clock, rest = restFor } = this.#parts;
    const { creditMs, longestRestMs } = this.#rules;
    const nowMs = clock.nowMs();
    // Nobody owes more; a clock that was set back would make it more.
    for (const party of parties) party.restedMs = Math.min(party.restedMs, nowMs + creditMs + longestRestMs);
    const owedMs = Math.max(...parties.map(({ restedMs }) => restedMs - nowMs)) - creditMs;
    if (owedMs > 0 && !this.#hurry.signal.aborted) await rest(Math.min(owedMs, longestRestMs), this.#hurry.signal);
    const begunMs = clock.nowMs();
    try {
      return await work();
    } finally {
      this.#charge(parties, clock.nowMs() - begunMs);
    }
  }

  /** Only those pay who have more in here. What they owe is bounded: a long rest does not follow them for ever. */
  #charge(parties: readonly Party[], workMs: number): void {
    const { restPerWork, creditMs, longestRestMs } = this.#rules;
    const nowMs = this.#parts.clock.nowMs();
    for (const party of parties) {
      if (party.inside < 2) continue;
      const restedMs = Math.max(party.restedMs, nowMs) + workMs * restPerWork;
      party.restedMs = Math.min(restedMs, nowMs + creditMs + longestRestMs);
    }
  }

  #leave(parties: readonly Party[]): void {
    const nowMs = this.#parts.clock.nowMs();
    for (const party of parties) {
      party.inside -= 1;
      this.#forget(party, nowMs);
    }
    if (this.#parties.size <= forgetBeyond) return;
    for (const party of this.#parties.values()) this.#forget(party, nowMs);
  }

  #forget({ name, inside, restedMs }: Party, nowMs: number): void {
    if (inside === 0 && restedMs <= nowMs) this.#parties.delete(name);
  }
}

function restFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
