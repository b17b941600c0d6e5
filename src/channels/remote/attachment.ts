/** One driver that is attached: what it is still to be told, in order. */

import { randomUUID } from "node:crypto";
import type { DriverFrame, DriverIntroduction } from "../../core/channel/driver/driver-desk.ts";
import { Wakeup } from "../../lib/wakeup.ts";

/** Silence after which a driver is told that nothing happened, in ms. */
const heartbeatMs = 15_000;

/** Frames a driver that does not read may owe; beyond, hints are left out. */
const maxHints = 100;

/** The frames of one driver, until it goes or is sent away. */
export class Attachment {
  readonly id = randomUUID();
  readonly driver: DriverIntroduction;
  /** Who it is on the network. */
  title: string;
  readonly #frames: DriverFrame[] = [];
  readonly #bell = new Wakeup();
  #ended = false;

  constructor(driver: DriverIntroduction) {
    this.driver = driver;
    this.title = driver.title;
  }

  /** True once it went or was sent away: it is told nothing more. */
  get gone(): boolean {
    return this.#ended;
  }

  /** Tells the driver; a hint may be left out when it does not read. */
  tell(frame: DriverFrame): void {
    if (this.#ended || (frame.kind === "typing" && this.#frames.length >= maxHints)) return;
    this.#frames.push(frame);
    this.#bell.wake();
  }

  /** Sends the driver away, after what it was told before. */
  end(reason: string): void {
    this.tell({ kind: "detached", reason });
    this.#ended = true;
  }

  /** The frames as they come, with heartbeats in between; ends after "detached" and when `signal` aborts. */
  async *frames(signal: AbortSignal): AsyncGenerator<DriverFrame> {
    while (!signal.aborted) {
      const frame = this.#frames.shift();
      if (frame === undefined) {
        if ((await this.#bell.wait(heartbeatMs, signal)) === "timeout") yield { kind: "heartbeat" };
        continue;
      }
      yield frame;
      if (frame.kind === "detached") return;
    }
  }
}
