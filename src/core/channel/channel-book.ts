/** The live state of every channel, and its record on disk: each change is one event. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Channel, ChannelSchema } from "../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Delivery_State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { Event_Change as Change, type Event } from "../../../gen/openclaw/gateway/v1/event_pb.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { type Changes, gatewayActor } from "../changes.ts";
import { patch, type Recorder } from "../recorder.ts";
import type { Store } from "../store.ts";
import { channelOf } from "./channel-names.ts";

/** What the book is made of. */
export interface ChannelBookParts {
  readonly store: Store;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly log: Log;
}

/** Channels by name. What it says is true at once; the record on disk follows in order. */
export class ChannelBook {
  readonly #parts: ChannelBookParts;
  readonly #channels = new Map<string, Channel>();
  /** What earlier processes left, configured or not. */
  readonly #recorded = new Map<string, Channel>();
  readonly #stopped = new Set<string>();
  #writes: Promise<void> = Promise.resolve();

  constructor(parts: ChannelBookParts) {
    this.#parts = parts;
    parts.store.onCommit((events) => this.#notice(events));
  }

  /** Reads what earlier processes left. Call once, first. */
  async open(): Promise<void> {
    const records = await this.#parts.store.read((tables) => tables.channels.list());
    for (const { channel, stopped } of records) {
      this.#recorded.set(channel.name, channel);
      if (stopped) this.#stopped.add(channel.name);
    }
  }

  /** Every name there is: of live channels, and of ones an earlier process left. */
  names(): Set<string> {
    return new Set([...this.#channels.keys(), ...this.#recorded.keys()]);
  }

  /** True when an operator stopped it. */
  isStopped(name: string): boolean {
    return this.#stopped.has(name);
  }

  /** Marks a channel that is in the book as stopped by an operator, or not; resolves when that is safe on disk. */
  async setStopped(name: string, stopped: boolean, actor: string): Promise<void> {
    if (this.#stopped.has(name) === stopped) return;
    await this.#parts.changes.transact(actor, ({ tables }) => tables.channels.setStopped(name, stopped));
    if (stopped) this.#stopped.add(name);
    else this.#stopped.delete(name);
  }

  find(name: string): Channel | undefined {
    return this.#channels.get(name);
  }

  /** By name. */
  list(): Channel[] {
    return [...this.#channels.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Changes a channel, new or not. Nothing happens when it is so already. */
  update(name: string, changes: Partial<Channel>, actor = gatewayActor): void {
    const known = this.#channels.get(name);
    const before = known ?? this.#recorded.get(name) ?? create(ChannelSchema, { name, etag: "0" });
    const differs = Object.entries(changes).some(([key, value]) => before[key as keyof Channel] !== value);
    if (known !== undefined && !differs) return;
    const moved = before.state !== (changes.state ?? before.state) || before.stateTime === undefined;
    const channel = patch(before, {
      ...changes,
      ...(moved && { stateTime: timestampFromMs(this.#parts.clock.nowMs()) }),
      etag: String(Number(before.etag) + 1),
    });
    this.#channels.set(name, channel);
    this.#write(actor, async (recorder) => {
      const change = (await recorder.tables.channels.find(name)) === undefined ? Change.CREATED : Change.UPDATED;
      await recorder.tables.channels.put(channel);
      await recorder.record(change, name, { case: "channel", value: channel });
    });
  }

  /** Forgets a channel that is no longer configured. */
  remove(name: string): void {
    const last = this.#channels.get(name) ?? this.#recorded.get(name);
    this.#channels.delete(name);
    this.#recorded.delete(name);
    this.#stopped.delete(name);
    if (last === undefined) return;
    this.#write(gatewayActor, async (recorder) => {
      await recorder.tables.channels.delete(name);
      await recorder.record(Change.DELETED, name, { case: "channel", value: last });
    });
  }

  /** Resolves when everything so far is on disk, or was refused by a store that takes nothing. */
  settled(): Promise<void> {
    return this.#writes;
  }

  /** What happens while the store takes nothing is true all the same: it is only not remembered. */
  #write(actor: string, work: (recorder: Recorder) => Promise<void>): void {
    const { changes, store, log } = this.#parts;
    if (store.readOnlyReason !== undefined) return;
    const written = changes.transact(actor, work).catch((error) => {
      log.warn({ err: error }, "the state of a channel could not be recorded");
    });
    this.#writes = Promise.all([this.#writes, written]).then(() => {});
  }

  /** Traffic shows in the channel, but is no change of it: a busy channel would fill the log. */
  #notice(events: readonly Event[]): void {
    for (const { resource, time } of events) {
      if (resource.case === "ingress") this.#touch(channelOf(resource.value.name), { inboundTime: time });
      if (resource.case === "delivery" && resource.value.state === Delivery_State.SENT)
        this.#touch(channelOf(resource.value.name), { outboundTime: time });
    }
  }

  #touch(name: string, changes: Pick<Partial<Channel>, "inboundTime" | "outboundTime">): void {
    const channel = this.#channels.get(name);
    if (channel !== undefined) this.#channels.set(name, patch(channel, changes));
  }
}
