/** The network of channels that programs outside are: their drivers come to its desk. */

import type { InboundMessage, Ingress } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { channelOf } from "../../core/channel/channel-names.ts";
import type {
  DriverCondition,
  DriverDesk,
  DriverFrame,
  DriverIntroduction,
  DriverLoginStep,
  DriverResult,
} from "../../core/channel/driver/driver-desk.ts";
import type { ChannelHost, Connection, Network } from "../../core/channel/network.ts";
import { RemoteConnection } from "./remote-connection.ts";

/** One for a gateway; it serves every kind that has no code of its own. */
export class RemoteNetwork implements Network, DriverDesk {
  readonly kind = "remote";
  readonly #connections = new Map<string, RemoteConnection>();

  connect(_settings: unknown, host: ChannelHost): Connection {
    return new RemoteConnection(host, (connection) => {
      this.#connections.set(connection.channel, connection);
      return () => {
        if (this.#connections.get(connection.channel) === connection) this.#connections.delete(connection.channel);
      };
    });
  }

  has(channel: string): boolean {
    return this.#connections.has(channel);
  }

  attach(driver: DriverIntroduction, signal: AbortSignal): AsyncIterable<DriverFrame> | undefined {
    return this.#connections.get(driver.channel)?.attach(driver, signal);
  }

  receive(channel: string, message: InboundMessage, backfillCursor?: string): Promise<Ingress> | undefined {
    return this.#connections.get(channel)?.receive(message, backfillCursor);
  }

  awaits(delivery: string, attempt: number): boolean {
    return this.#connections.get(channelOf(delivery))?.awaits(delivery, attempt) ?? false;
  }

  complete(delivery: string, attempt: number, result: DriverResult): void {
    this.#connections.get(channelOf(delivery))?.complete(delivery, attempt, result);
  }

  report(channel: string, attachment: string, condition: DriverCondition): void {
    this.#connections.get(channel)?.report(attachment, condition);
  }

  reportLogIn(channel: string, step: DriverLoginStep): boolean | undefined {
    return this.#connections.get(channel)?.reportLogIn(step);
  }
}
