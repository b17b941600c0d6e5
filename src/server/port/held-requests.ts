/** Requests that arrive while nobody serves: they wait for whoever serves next, instead of failing. */

import type { Connection } from "./connections.ts";
import type { NodeRequest, NodeResponse, RequestListener } from "./request-listener.ts";

/** How many may wait, and how long, in ms. What is beyond goes to whoever served last. */
const bounds = { requests: 2_048, waitMs: 10_000 };

type Held = readonly [NodeRequest, NodeResponse, Connection];

/** Keeps requests in the order they came. A peer that gives up is forgotten. */
export class HeldRequests {
  readonly #held = new Set<Held>();
  readonly #giveUp: RequestListener;
  readonly #timer: NodeJS.Timeout;
  #patient = true;

  /** `giveUp` gets what does not fit, and everything once it has taken too long: it should tell callers to come back. */
  constructor(giveUp: RequestListener) {
    this.#giveUp = giveUp;
    this.#timer = setTimeout(() => {
      this.#patient = false;
      this.release(giveUp);
    }, bounds.waitMs);
    this.#timer.unref();
  }

  /** Takes a request; must not throw. */
  readonly add: RequestListener = (request, response, connection) => {
    if (!this.#patient || this.#held.size >= bounds.requests) {
      this.#giveUp(request, response, connection);
      return;
    }
    const held: Held = [request, response, connection];
    this.#held.add(held);
    response.once("close", () => this.#held.delete(held));
    response.on("error", ignore);
  };

  /** Hands everything that waits to `listener`. */
  release(listener: RequestListener): void {
    clearTimeout(this.#timer);
    for (const held of this.#held) {
      this.#held.delete(held);
      listener(...held);
    }
  }
}

/** The write that loses the race against a hang-up; unheard, this event would end the process. */
function ignore(): void {}
