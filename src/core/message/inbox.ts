/** The inbox: the one door through which anything reaches an agent. */

import type { FaultPoint } from "../../lib/fault-point.ts";
import { type IsConfigured, requireDestination } from "../channel/conversation/destination.ts";
import type { QueueSettings } from "../core-settings.ts";
import { requireSessionName } from "../names.ts";
import { doOnce, type Once } from "../once.ts";
import type { Recorder } from "../recorder.ts";
import type { LiveRuns } from "../run/live/live-runs.ts";
import type { RunDispatcher } from "../run/run-dispatcher.ts";
import type { RunEffects } from "../run/run-effects.ts";
import { checkSettings } from "../session/session-fields.ts";
import { admit } from "./admit.ts";
import type { Accepted, Input } from "./input.ts";
import { checkParts } from "./message-parts.ts";

/** What an inbox is built from. */
export interface InboxParts {
  readonly dispatcher: RunDispatcher;
  readonly liveRuns: LiveRuns;
  readonly queue: QueueSettings;
  readonly isConfigured: IsConfigured;
  readonly faults: FaultPoint;
}

/** Accepts messages. */
export class Inbox {
  readonly #parts: InboxParts;

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  /**
   * Keeps the message, its run and the record of the call in one transaction; resolves when they are safe on disk.
   * Fails with NOT_FOUND (session, or the channel it is to be delivered to), ETAG_MISMATCH, SESSION_BUSY (mode reject), QUEUE_FULL, FIELD_INVALID or REQUEST_ID_REUSED.
   */
  async accept(input: Input, once: Once<Accepted>): Promise<Accepted> {
    requireSessionName(input.session, "parent");
    checkParts(input.parts, "parts");
    checkSettings(input.settings, "settings");
    const { dispatcher, faults } = this.#parts;
    faults("inbox.before-accept");
    const accepted = await dispatcher.change(input.sender, (recorder, effects) =>
      doOnce(recorder, once, async () => {
        if (input.deliverTo !== "") await requireDestination(recorder, input.deliverTo, this.#parts.isConfigured);
        const routed = await this.admit(recorder, effects, input);
        faults("inbox.accepting");
        return routed;
      }),
    );
    faults("inbox.accepted");
    return accepted;
  }

  /**
   * The same inside a transaction of `RunDispatcher.change`, for whoever has more to keep with it. Parts and destination were
   * checked by the caller.
   */
  admit(recorder: Recorder, effects: RunEffects, input: Input): Promise<Accepted> {
    const { queue, liveRuns } = this.#parts;
    return admit(recorder, effects, { input, queue, liveRuns });
  }
}
