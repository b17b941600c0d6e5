/** The port to channels that programs outside the gateway are: where drivers come to, and what they are told. */

import type { Capabilities } from "../../../../gen/openclaw/gateway/v1/channel_pb.ts";
import type { OutboundAction } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import type { InboundMessage, Ingress } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { LoginStep } from "../network.ts";

/** A driver that wants to be a channel. */
export interface DriverIntroduction {
  /** "channels/{channel}". */
  readonly channel: string;
  /** Who it is on the network. */
  readonly title: string;
  readonly capabilities: Capabilities;
  /** How the network is as it comes. */
  readonly condition: DriverCondition;
}

/** How the network is, as a driver says; `reason` says why when it is not online. */
export interface DriverCondition {
  readonly state: "online" | "offline" | "loginRequired";
  readonly reason: string;
}

/** What a driver is told. */
export type DriverFrame =
  | { readonly kind: "attached"; readonly attachment: string; readonly backfillCursor: string }
  | DriverAttempt
  | { readonly kind: "typing"; readonly address: string; readonly active: boolean }
  /** Begin a login; `login` names it in what is reported of it. */
  | { readonly kind: "logIn"; readonly login: string; readonly force: boolean }
  /** The answer to the question that was step `step`. */
  | { readonly kind: "logInAnswer"; readonly login: string; readonly step: number; readonly answer: string }
  | { readonly kind: "logInCancelled"; readonly login: string; readonly reason: string }
  /** End the network's session; `login` as with a login. */
  | { readonly kind: "logOut"; readonly login: string }
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

/** What a driver says of a login or logout it was asked for; "done" (an empty title keeps the one there is) and "failed" end it. */
export type DriverLoginReport =
  | LoginStep
  | { readonly kind: "done"; readonly title: string }
  | { readonly kind: "failed"; readonly reason: string };

/** One step of a login or logout. */
export interface DriverLoginStep {
  /** As in the frame that asked for it. */
  readonly login: string;
  /** Counts up from 1; a number again is not heard again. */
  readonly step: number;
  readonly report: DriverLoginReport;
}

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
  report(channel: string, attachment: string, condition: DriverCondition): void;
  /** Goes on with a login or logout; false when it is over or was never asked for, undefined when the channel is absent. */
  reportLogIn(channel: string, step: DriverLoginStep): boolean | undefined;
}
