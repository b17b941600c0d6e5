/** Saying something on IRC, and finding out whether it was said. */

import { UnsentError } from "../../core/channel/network.ts";
import { systemClock } from "../../lib/clock.ts";
import { sleep } from "../../lib/sleep.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import { cutLines, textBudget } from "./irc-text.ts";
import type { IrcWire } from "./irc-wire.ts";

/** Replies that refuse what was sent: no such nick or channel, cannot send there, not in it, too many targets, blocked. */
const refusals = new Set(["401", "403", "404", "407", "411", "412", "442", "477", "482", "486", "531", "716"]);

/** The reply that refuses for now: we speak to too many people. */
const tooFast = "439";

/** Shortest line that is worth sending, in bytes. */
const shortestLine = 16;

/** Lines that may go at once after a silence: servers throw out whoever floods them. */
const burst = 4;

/** What is said, and where. */
export interface Saying {
  /** Who says it: our nick. */
  readonly nick: string;
  readonly address: string;
  readonly text: string;
  readonly signal: AbortSignal;
}

/** Speaks for one connection, at its pace. */
export class IrcSender {
  readonly #wire: IrcWire;
  readonly #intervalMs: number;
  #freeMs = 0;

  constructor(wire: IrcWire, linesPerSecond: number) {
    this.#wire = wire;
    this.#intervalMs = 1_000 / linesPerSecond;
  }

  /**
   * Says it line by line, and asks the server afterwards whether it is through: what it refuses is told before that answer.
   * Rejects with UnsentError when nothing was said; with any other error when nobody knows.
   */
  async say({ nick, address, text, signal }: Saying): Promise<void> {
    const budget = textBudget(nick, address);
    if (budget < shortestLine) throw new UnsentError("the name of who it is for is too long", { permanent: true });
    const lines = cutLines(text, budget);
    if (lines.length === 0) throw new UnsentError("the message is empty", { permanent: true });
    let said = 0;
    let refusal: string | undefined;
    const tooEarly: string[] = [];
    const off = this.#wire.onLine(({ command, params }) => {
      const about = params.slice(1).some((param) => this.#wire.fold(param) === this.#wire.fold(address));
      if (refusals.has(command) && about) refusal ??= params.at(-1) ?? command;
      if (command === tooFast && about) tooEarly.push(params.at(-1) ?? command);
    });
    try {
      for (const line of lines) {
        await Promise.race([this.#turn(signal), this.#wire.closed]);
        this.#wire.send("PRIVMSG", address, line);
        said += 1;
      }
      await raceAbort(this.#wire.settle(), signal);
    } catch (error) {
      if (said > 0) throw error;
      throw UnsentError.from(error);
    } finally {
      off();
    }
    if (refusal !== undefined) throw new UnsentError(refusal, { permanent: true });
    if (tooEarly.length >= lines.length) throw laterError(tooEarly.at(-1) ?? "");
    if (tooEarly.length > 0) throw new Error(`a part of it was refused: ${tooEarly[0]}`);
  }

  /** Resolves when the next line may go; rejects when the signal aborts first, and the turn is lost. */
  async #turn(signal: AbortSignal): Promise<void> {
    const nowMs = systemClock.nowMs();
    this.#freeMs = Math.max(this.#freeMs, nowMs - burst * this.#intervalMs) + this.#intervalMs;
    const waitMs = this.#freeMs - nowMs;
    if (waitMs > 0) await sleep(waitMs, signal);
  }
}

/** Servers say in words how long they want us to wait, if at all. */
function laterError(words: string): UnsentError {
  const [, seconds] = /\b(\d{1,4}) sec/i.exec(words) ?? [];
  return new UnsentError(words, { retryAfterMs: seconds === undefined ? undefined : Number(seconds) * 1_000 });
}
