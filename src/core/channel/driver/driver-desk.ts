/** The port to channels that programs outside the gateway are: where drivers come to, and what they are told. */

import type { Capabilities } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { OutboundAction } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { InboundMessage, Ingress } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";

/** A driver that wants to be a channel. */
export interface DriverIntroduction {
  /** "channels/{channel}". */
  readonly channel: string;
  /** Who it is on the network. */
  readonly title: string;
  readonly capabilities: Capabilities;
}

/** What a driver is told. */
export type DriverFrame =
  | { readonly kind: "attached"; readonly attachment: string; readonly backfillCursor: string }
  | DriverAttempt
  | { readonly kind: "typing"; readonly address: string; readonly active: boolean }
  /** The last one. */
  | { readonly kind: "detached"; readonly reason: string }
  | { readonly kind: "heartbeat" };

/** One try of one delivery. */
export interface DriverAttempt {
  readonly kind: "attempt";
  /** "channels/{channel}/deliveries/{delivery}". */
  readonly delivery: string;
  /** What to do; undefined when it is only asked what became of it. */
  readonly action: OutboundAction | undefined;
  readonly address: string;
  readonly attempt: number;
}

/** What became of a try. */
export type DriverResult =
  | { readonly kind: "sent"; readonly platformIds: readonly string[] }
  | { readonly kind: "unsent"; readonly message: string; readonly permanent: boolean; readonly retryAfterMs?: number }
  | { readonly kind: "ambiguous"; readonly message: string };

/** Where drivers come to. A channel that is not connected here (stopped, held back) is absent. */
export interface DriverDesk {
  /** True while the gateway wants the channel connected. */
  has(channel: string): boolean;
  /**
   * The driver is the channel until `signal` aborts, a newer one comes, or the gateway gives the channel up. Undefined when
   * the channel is absent.
   */
  attach(driver: DriverIntroduction, signal: AbortSignal): AsyncIterable<DriverFrame> | undefined;
  /** Hands in a message. Undefined when the channel is absent. */
  receive(channel: string, message: InboundMessage, backfillCursor?: string): Promise<Ingress> | undefined;
  /** True while this very try is being made, and what became of it is waited for. */
  awaits(delivery: string, attempt: number): boolean;
  /** Says what became of a try; kept until somebody asks when nobody waits for it now. */
  complete(delivery: string, attempt: number, result: DriverResult): void;
  /** Says how the network is. What an older attachment says is not heard. */
  report(channel: string, attachment: string, state: { readonly online: boolean; readonly reason: string }): void;
}
