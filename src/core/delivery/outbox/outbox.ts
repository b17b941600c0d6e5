/** The outbox: everything that leaves, one thing after the other in each conversation, whatever happens to the network. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Delivery, Delivery_State as State } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { Event } from "../../../../gen/openclaw/gateway/v1/event_pb.ts";
import { type Clock, type Pause, pauseLeftMs } from "../../../lib/clock.ts";
import type { FaultPoint } from "../../../lib/fault-point.ts";
import type { Log } from "../../../lib/log.ts";
import { type Changes, gatewayActor } from "../../changes.ts";
import { channelOf } from "../../channel/channel-names.ts";
import type { Store } from "../../store.ts";
import type { ChannelLines } from "../channel-lines.ts";
import { DeliveryAttempts, type OpenLine } from "./delivery-attempt.ts";
import { endExpired } from "./delivery-outcomes.ts";
import { Lane, type LaneRest } from "./lane.ts";
import { type OutboxTimes, outboxTimes } from "./outbox-times.ts";
import { Slots } from "./slots.ts";

/** Expired deliveries ended in one transaction. */
const expiredAtOnce = 200;

/** What an outbox is built from. */
export interface OutboxParts {
  readonly store: Store;
  readonly changes: Changes;
  readonly lines: ChannelLines;
  readonly clock: Clock;
  readonly log: Log;
  readonly faults: FaultPoint;
  readonly times?: OutboxTimes;
}

/** Sends what was queued. */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #times: OutboxTimes;
  readonly #attempts: DeliveryAttempts;
  readonly #lanes = new Map<string, Lane>();
  /** What the first of a conversation waits for, since it was looked at last. */
  readonly #pauses = new Map<string, Pause>();
  readonly #slots = new Map<string, Slots>();
  readonly #stopping = new AbortController();
  #running = false;
  /** True once every conversation in which something waits has its lane. */
  #complete = false;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(parts: OutboxParts) {
    const { store, changes, lines, faults, times = outboxTimes } = parts;
    this.#parts = parts;
    this.#times = times;
    this.#attempts = new DeliveryAttempts({ changes, lines, times, faults });
    store.onCommit((events) => this.#notice(events));
    lines.onChange((channel) => this.#wakeChannel(channel));
  }

  /**
   * Begins to send, with what earlier processes left. What they were sending is settled with the network when it can say, and
   * is AMBIGUOUS otherwise.
   */
  async start(): Promise<void> {
    this.#running = true;
    await this.#sweep();
    const waiting = await this.#parts.store.read(({ deliveries }) => deliveries.listLanes());
    for (const conversation of waiting) this.#laneOf(conversation).wake();
    this.#complete = true;
    this.#sweeper = setInterval(() => {
      if (this.#lanes.size > 0) void this.#sweep();
    }, this.#times.sweepMs);
    this.#sweeper.unref();
  }

  /**
   * Sends nothing more and waits up to `graceMs` for what is being sent; then calls it off. What waits goes on at the next
   * start.
   */
  async drain(graceMs: number): Promise<void> {
    this.#running = false;
    clearInterval(this.#sweeper);
    const lanes = [...this.#lanes.values()];
    for (const lane of lanes) lane.stop();
    const timer = setTimeout(() => this.#stopping.abort(new Error("the gateway is stopping")), graceMs);
    await Promise.all(lanes.map((lane) => lane.done));
    clearTimeout(timer);
    await this.#attempts.settleAllAsked().catch((error: unknown) => {
      this.#parts.log.error({ err: error }, "what became of the last sends could not be kept; they will be AMBIGUOUS");
    });
  }

  /** Runs `work` when nothing is being sent in the conversation, and keeps it so meanwhile; not at all while something waits. */
  async between(conversation: string, work: () => Promise<void>): Promise<void> {
    if (!this.#running) return;
    const lane = this.#laneOf(conversation);
    await lane.between(work);
  }

  #notice(events: readonly Event[]): void {
    if (!this.#running) return;
    const changed = new Map<string, Delivery | undefined>();
    for (const { resource } of events) {
      if (resource.case !== "delivery") continue;
      const { state, conversation } = resource.value;
      if (state === State.QUEUED) this.#parts.faults("outbox.queued");
      if (state !== State.QUEUED && state !== State.DISCARDED) continue;
      const isOnly = state === State.QUEUED && !changed.has(conversation);
      changed.set(conversation, isOnly ? resource.value : undefined);
    }
    for (const [conversation, only] of changed) this.#laneOf(conversation, only).wake();
  }

  #wakeChannel(channel: string): void {
    for (const [conversation, lane] of this.#lanes) if (channelOf(conversation) === channel) lane.wake();
  }

  /** `only` is all that was queued now: where there was no lane, nothing waits before it. */
  #laneOf(conversation: string, only?: Delivery): Lane {
    const known = this.#lanes.get(conversation);
    if (known !== undefined) return known;
    let first = this.#complete ? only : undefined;
    const lane = new Lane({
      step: () => {
        const head = first;
        first = undefined;
        return this.#step(conversation, head);
      },
      emptied: () => {
        this.#lanes.delete(conversation);
        this.#pauses.delete(conversation);
      },
      failed: (error) => {
        this.#parts.log.error({ err: error, conversation }, "a delivery could not be worked on; trying again");
        return this.#times.retryCapMs;
      },
    });
    this.#lanes.set(conversation, lane);
    return lane;
  }

  /** The next thing to do in a conversation, and how it goes on. `known` is the first that waits, where that is known. */
  async #step(conversation: string, known?: Delivery): Promise<LaneRest> {
    const { store } = this.#parts;
    const head = known ?? (await store.read(({ deliveries }) => deliveries.findHead(conversation)))?.delivery;
    if (head === undefined) return { kind: "empty" };
    const { name, state } = head;
    if (state === State.SENDING && (await this.#attempts.settleAsked(head))) return { kind: "more" };
    const line = this.#openLine(conversation);
    if (line === undefined) return { kind: "wait" };
    if (state === State.SENDING) {
      await this.#attempts.reconcile(head, line, this.#stopping.signal);
      return { kind: "more" };
    }
    const waitMs = this.#waitMs(head);
    if (waitMs > 0) return { kind: "wait", ms: waitMs };
    const giveBack = await this.#slotsOf(conversation).take();
    try {
      // While it waited for a place, the channel may have gone or the gateway begun to stop.
      const open = this.#openLine(conversation);
      if (open === undefined || !this.#running) return { kind: "more" };
      return { kind: await this.#attempts.send(name, open, this.#stopping.signal) };
    } finally {
      giveBack();
    }
  }

  /** How long it waits for its next try; the pause of what another process left began no earlier than it was made. */
  #waitMs({ conversation, createTime, retryTime }: Delivery): number {
    if (retryTime === undefined) return 0;
    const nowMs = this.#parts.clock.nowMs();
    const untilMs = timestampMs(retryTime);
    const known = this.#pauses.get(conversation);
    const madeMs = createTime === undefined ? 0 : timestampMs(createTime);
    const pause = known?.untilMs === untilMs ? known : { sinceMs: madeMs, untilMs };
    this.#pauses.set(conversation, { sinceMs: nowMs, untilMs });
    return pauseLeftMs(pause, nowMs);
  }

  #openLine(conversation: string): OpenLine | undefined {
    const line = this.#parts.lines.find(channelOf(conversation));
    return line?.connection === undefined ? undefined : { ...line, connection: line.connection };
  }

  #slotsOf(conversation: string): Slots {
    const channel = channelOf(conversation);
    const slots = this.#slots.get(channel) ?? new Slots(this.#times.parallel);
    this.#slots.set(channel, slots);
    return slots;
  }

  /** Ends what waited too long, on channels that are away too. */
  async #sweep(): Promise<void> {
    const { store, changes, clock, log } = this.#parts;
    try {
      const nowMs = clock.nowMs();
      const expired = await store.read(({ deliveries }) => deliveries.listExpired(nowMs, expiredAtOnce));
      const waiting = expired.filter(({ delivery }) => delivery.state === State.QUEUED);
      if (waiting.length > 0) {
        await changes.transact(gatewayActor, async (recorder) => {
          for (const { delivery } of waiting) {
            const record = await recorder.tables.deliveries.find(delivery.name);
            if (record?.delivery.state === State.QUEUED) await endExpired(recorder, record);
          }
        });
      }
      for (const record of expired) {
        const busy = this.#lanes.get(record.delivery.conversation)?.working ?? false;
        if (record.delivery.state !== State.SENDING || busy) continue;
        if (await this.#attempts.settleAsked(record.delivery)) continue;
        await this.#attempts.giveUp(record.delivery, "its channel was away until it expired");
      }
    } catch (error) {
      log.warn({ err: error }, "expired deliveries could not be ended; trying again soon");
    }
  }
}
