/** Hears of every run by its events, and tells how long it waited and worked, how it ended, and what it cost. */

import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Delivery, Delivery_State as DeliveryState } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { Event_Change as Change, type Event } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import { type Run, Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { reasonName } from "../errors.ts";
import { isActive, isEnded } from "../run/run-state.ts";

/** What happened to a run. Times are ms. */
export interface RunListener {
  /** It was accepted; it may begin at once. */
  onAccepted(run: Run): void;
  /** Work on it began for the first time, after it had waited so long. */
  onStarted(run: Run, waitedMs: number): void;
  /** It ended, so long after its work began (0 when it never did). */
  onEnded(run: Run, workedMs: number): void;
  /** Something an agent said reached its conversation, or never will, so long after it was to be sent. */
  onDelivered(delivery: Delivery, tookMs: number): void;
}

/** Runs that are known to be at work; more than this many are not at once. */
const maxKnown = 10_000;

/** Reads events. */
export class RunObserver {
  readonly #listener: RunListener;
  readonly #started = new Set<string>();

  constructor(listener: RunListener) {
    this.#listener = listener;
  }

  /** Takes the events of a commit, in order. */
  readonly observe = (events: readonly Event[]): void => {
    for (const { resource, change } of events) {
      if (resource.case === "delivery") this.#deliver(resource.value);
      if (resource.case !== "run") continue;
      const run = resource.value;
      if (change === Change.CREATED) this.#listener.onAccepted(run);
      if (isActive(run)) this.#start(run);
      else if (isEnded(run)) this.#end(run);
    }
  };

  #deliver(delivery: Delivery): void {
    const { state, createTime, endTime } = delivery;
    if (endTime === undefined || state <= DeliveryState.SENDING) return;
    this.#listener.onDelivered(delivery, between(createTime, endTime));
  }

  #start(run: Run): void {
    if (run.attempt > 1 || this.#started.has(run.name)) return;
    if (this.#started.size >= maxKnown) this.#started.clear();
    this.#started.add(run.name);
    this.#listener.onStarted(run, between(run.createTime, run.startTime));
  }

  #end(run: Run): void {
    this.#started.delete(run.name);
    this.#listener.onEnded(run, run.startTime === undefined ? 0 : between(run.startTime, run.endTime));
  }
}

/** "QUEUED", "RUNNING", "SUCCEEDED", … */
export function stateName({ state }: Run): string {
  return stateNames.get(state) ?? "UNKNOWN";
}

/** Why it ended as it did, as reasons are written; empty when it succeeded. */
export function failureName({ error }: Run): string {
  return error === undefined ? "" : reasonName(error.reason);
}

/** "SENT", "FAILED", "AMBIGUOUS", … */
export function deliveryStateName({ state }: Delivery): string {
  return deliveryStateNames.get(state) ?? "UNKNOWN";
}

const deliveryStateNames = new Map<number, string>(Object.entries(DeliveryState).map(([name, value]) => [value, name]));
const stateNames = new Map<number, string>(Object.entries(State).map(([name, value]) => [value, name]));

function between(from: Timestamp | undefined, to: Timestamp | undefined): number {
  return from === undefined || to === undefined ? 0 : Math.max(0, timestampMs(to) - timestampMs(from));
}
