/** Drivers: programs outside that are channels, as callers of the API. */

import type { Channel } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import { type Delivery, Delivery_State as State } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { InboundMessage, Ingress } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { deliveryState } from "../../delivery/delivery-failures.ts";
import { notFound } from "../../errors.ts";
import type { Store } from "../../store.ts";
import { channelUnfit } from "../channel-failures.ts";
import { channelOf, deliveryOf, requireChannelName, requirePartName } from "../channel-names.ts";
import type { Channels } from "../channels.ts";
import { checkInbound, checkLoginStep } from "./driver-checks.ts";
import type {
  DriverCondition,
  DriverDesk,
  DriverFrame,
  DriverIntroduction,
  DriverLoginStep,
  DriverResult,
} from "./driver-desk.ts";
import { driverRefused } from "./driver-failures.ts";

/** How long a driver waits for what it said of a try to be on disk, in ms; it is kept all the same. */
const settleMs = 5_000;

/** What drivers are built from. */
export interface DriversParts {
  readonly store: Store;
  readonly channels: Channels;
  /** Loaded with the first channel that is remote, or the first driver. */
  readonly desk: () => Promise<DriverDesk>;
}

/** See the file's first line. `principal` is who calls. */
export class Drivers {
  readonly #parts: DriversParts;
  /** Who waits for what becomes of a delivery, by its name. */
  readonly #waiting = new Map<string, Set<(delivery: Delivery) => void>>();

  constructor(parts: DriversParts) {
    this.#parts = parts;
    parts.store.onCommit((events) => {
      if (this.#waiting.size === 0) return;
      for (const { resource } of events) {
        if (resource.case !== "delivery") continue;
        for (const hear of this.#waiting.get(resource.value.name) ?? []) hear(resource.value);
      }
    });
  }

  /**
   * Makes the caller the channel. Fails with NOT_FOUND, CHANNEL_STATE when the channel is not remote, stopped or not started
   * yet, and SCOPE_MISSING when the channel is for another principal.
   */
  async attach(
    driver: DriverIntroduction,
    principal: string,
    signal: AbortSignal,
  ): Promise<{ channel: Channel; frames: AsyncIterable<DriverFrame> }> {
    const { channel, desk } = await this.#channel(driver.channel, "name", principal);
    const frames = desk.attach(driver, signal);
    if (frames === undefined) throw this.#absent(channel);
    return { channel, frames };
  }

  /** Hands in a message; resolves when it is committed. Fails as `attach` does. */
  async receive(
    report: { channel: string; message: InboundMessage; backfillCursor: string },
    principal: string,
  ): Promise<Ingress> {
    const { channel, desk } = await this.#channel(report.channel, "channel", principal);
    checkInbound(report.message);
    const ingress = desk.receive(report.channel, report.message, report.backfillCursor || undefined);
    if (ingress === undefined) throw this.#absent(channel);
    return ingress;
  }

  /** Says what became of a try; resolves with the delivery once that is kept. Fails with NOT_FOUND and DELIVERY_STATE. */
  async complete(
    { name, attempt }: { name: string; attempt: number },
    result: DriverResult,
    principal: string,
  ): Promise<Delivery> {
    requirePartName(name, "deliveries", "name");
    const { desk } = await this.#channel(channelOf(name), "name", principal);
    const settling = this.#settling(name, attempt);
    try {
      // What is waited for is on disk as it has to be; anything else is looked up.
      const over = desk.awaits(name, attempt) ? undefined : await this.#findOver(name, attempt);
      if (over !== undefined) return over;
      desk.complete(name, attempt, result);
      // A preview that is brought up to date is sent already, and stays so: nothing will be kept.
      const now = await this.#find(name);
      if (now.state !== State.SENDING || now.attempts !== attempt) return now;
      return (await settling.settled) ?? (await this.#find(name));
    } finally {
      settling.end();
    }
  }

  /** Says how the network is. */
  async report(
    { name, attachment, condition }: { name: string; attachment: string; condition: DriverCondition },
    principal: string,
  ): Promise<void> {
    const { desk } = await this.#channel(name, "name", principal);
    desk.report(name, attachment, condition);
  }

  /** Goes on with a login or logout. Fails as `attach` does, and with CHANNEL_STATE when it is over or was never asked for. */
  async reportLogIn(name: string, step: DriverLoginStep, principal: string): Promise<void> {
    const { channel, desk } = await this.#channel(name, "name", principal);
    checkLoginStep(step);
    if (desk.reportLogIn(name, step)) return;
    throw channelUnfit(channel, "has no such login under way any more; wait for the next log_in or log_out frame");
  }

  async #channel(name: string, field: string, principal: string): Promise<{ channel: Channel; desk: DriverDesk }> {
    requireChannelName(name, field);
    const { channels, desk } = this.#parts;
    const channel = channels.get(name);
    const settings = channels.find(name)?.settings;
    if (settings?.remote !== true) {
      throw channelUnfit(
        channel,
        `is connected by the gateway itself; only a channel with driver "remote" has a driver`,
      );
    }
    const { driverPrincipal } = settings.network as { readonly driverPrincipal?: string };
    if (driverPrincipal !== undefined && driverPrincipal !== principal) throw driverRefused(name, driverPrincipal);
    return { channel, desk: await desk() };
  }

  #absent(channel: Channel): Error {
    const why = channel.stateReason === "" ? "is not ready for its driver" : `takes no driver: ${channel.stateReason}`;
    return channelUnfit(channel, `${why}; try again, or start it with openclaw channels start`);
  }

  /** The delivery when this try of it is over; undefined while it is SENDING. Fails with DELIVERY_STATE at another try. */
  async #findOver(name: string, attempt: number): Promise<Delivery | undefined> {
    const delivery = await this.#find(name);
    if (delivery.attempts !== attempt) {
      const now = `at try ${delivery.attempts}`;
      throw deliveryState(name, now, `what became of try ${attempt} is of no interest any more`);
    }
    return delivery.state === State.SENDING ? undefined : delivery;
  }

  async #find(name: string): Promise<Delivery> {
    const record = await this.#parts.store.read(({ deliveries }) => deliveries.find(deliveryOf(name)));
    if (record === undefined) throw notFound(name);
    return record.delivery;
  }

  /** The delivery once the try is over, as it was committed; undefined when that takes too long. `end` is to be called. */
  #settling(name: string, attempt: number): { settled: Promise<Delivery | undefined>; end: () => void } {
    const { promise: settled, resolve } = Promise.withResolvers<Delivery | undefined>();
    const hear = (delivery: Delivery): void => {
      if (delivery.state !== State.SENDING || delivery.attempts !== attempt) resolve(delivery);
    };
    const hearers = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, hearers.add(hear));
    const timer = setTimeout(resolve, settleMs, undefined);
    const end = (): void => {
      clearTimeout(timer);
      hearers.delete(hear);
      if (hearers.size === 0 && this.#waiting.get(name) === hearers) this.#waiting.delete(name);
    };
    return { settled, end };
  }
}
