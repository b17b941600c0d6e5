/** Everything that leaves the gateway, in one place: what was queued, who sends it, and what may be asked about it. */

import type { Clock } from "../../lib/clock.ts";
import type { FaultPoint } from "../../lib/fault-point.ts";
import type { Log } from "../../lib/log.ts";
import type { Changes } from "../changes.ts";
import type { MessagingSettings } from "../channel/channel-settings.ts";
import type { Typings } from "../event/typings.ts";
import type { Once } from "../once.ts";
import type { Store } from "../store.ts";
import { Answers } from "./answer/answers.ts";
import { LiveAnswers } from "./answer/live-answers.ts";
import type { ChannelLines } from "./channel-lines.ts";
import { Deliveries } from "./deliveries.ts";
import { Outbox } from "./outbox/outbox.ts";
import { type SendMessage, type SentDeliveries, sendMessage } from "./send-message.ts";

/** What it is built from. */
export interface OutboundParts {
  readonly store: Store;
  readonly changes: Changes;
  readonly lines: ChannelLines;
  /** Settings that channels share, as they are now. */
  readonly messaging: () => MessagingSettings;
  /** Where watchers learn that the agent writes. */
  readonly typings: Typings;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultPoint;
}

/** See the file's first line. */
export class Outbound {
  readonly outbox: Outbox;
  readonly deliveries: Deliveries;
  /** Hears runs, for the dispatcher. */
  readonly answers: Answers;
  /** Follows runs while they write, for the dispatcher. */
  readonly live: LiveAnswers;
  readonly #parts: OutboundParts;

  constructor(parts: OutboundParts) {
    this.#parts = parts;
    this.outbox = new Outbox(parts);
    this.answers = new Answers(parts);
    this.live = new LiveAnswers({ ...parts, outbox: this.outbox });
    this.deliveries = new Deliveries(parts.store, parts.changes);
  }

  /** Queues what a caller sends; see `sendMessage`. */
  send(request: SendMessage, once: Once<SentDeliveries>): Promise<SentDeliveries> {
    return sendMessage(this.#parts, request, once);
  }

  /** Begins to send. */
  start(): Promise<void> {
    return this.outbox.start();
  }

  /** Sends nothing more; what waits goes on at the next start. */
  drain(graceMs: number): Promise<void> {
    return this.outbox.drain(graceMs);
  }
}
