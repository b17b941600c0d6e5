/** The inbox: the one door through which anything reaches an agent. */

import type { FaultPoint } from "../../lib/fault-point.ts";
import { type IsConfigured, requireDestination } from "../channel/conversation/destination.ts";
import type { QueueSettings } from "../core-settings.ts";
import { etagMismatch, sessionBusy } from "../errors.ts";
import { requireSessionName } from "../names.ts";
import { doOnce, type Once } from "../once.ts";
import type { Recorder } from "../recorder.ts";
import type { LiveRuns } from "../run/live/live-runs.ts";
import type { RunDispatcher } from "../run/run-dispatcher.ts";
import type { RunEffects } from "../run/run-effects.ts";
import { getSession } from "../run/run-transitions.ts";
import { checkSettings } from "../session/session-fields.ts";
import type { Accepted, Input } from "./input.ts";
import { checkParts } from "./message-parts.ts";
import { addRun, newRunName } from "./new-run.ts";
import { chooseMode, findCollecting, findOwnCollecting } from "./queue-choice.ts";
import { joinWaiting, steer, takeOver } from "./queue-modes.ts";

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
  async admit(recorder: Recorder, effects: RunEffects, input: Input): Promise<Accepted> {
    const session = await getSession(recorder.tables, input.session);
    if (input.sessionEtag !== "" && input.sessionEtag !== session.etag) throw etagMismatch(session.name, session.etag);
    const active = await recorder.tables.runs.findActive(session.name);
    const queued = session.queuedRunCount > 0 ? await recorder.tables.runs.listQueued(session.name) : [];
    const blocker = active ?? queued[0];
    const busy = { session, active, queued, queue: this.#parts.queue };
    const collectMs = active === undefined ? input.source?.collectMs : undefined;
    if (collectMs !== undefined) {
      const patient = { ...busy, queue: { ...busy.queue, debounceMs: collectMs } };
      const own = findOwnCollecting(input, busy);
      if (own !== undefined) return joinWaiting(recorder, effects, { input, busy: patient, run: own });
      if (collectMs > 0) return addRun(recorder, effects, { input, busy: patient, place: "collect" });
    }
    if (blocker === undefined) return addRun(recorder, effects, { input, busy, place: "now" });
    const mode = chooseMode(input, busy);
    if (mode === "reject") throw sessionBusy(session.name, blocker.run.name);
    if (mode === "interrupt") {
      const live = active === undefined ? undefined : this.#parts.liveRuns.find(active.run.name);
      const name = newRunName(recorder, session);
      const freed = await takeOver(recorder, effects, { busy, live, cause: name });
      return addRun(recorder, effects, { input, busy: freed, place: "front", name });
    }
    if (mode === "steer" && active !== undefined) return steer(recorder, effects, { input, busy, run: active });
    const waiter = mode === "collect" ? findCollecting(input, busy) : undefined;
    if (waiter !== undefined) return joinWaiting(recorder, effects, { input, busy, run: waiter });
    return addRun(recorder, effects, { input, busy, place: mode === "collect" ? "collect" : "back" });
  }
}
