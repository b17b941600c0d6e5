/** One try to send one delivery: taken, asked for, settled. Each step is committed before the next begins. */

import { type Delivery, Delivery_State as State } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import type { FaultPoint } from "../../../lib/fault-point.ts";
import { raceAbort } from "../../../lib/until-aborted.ts";
import { type Changes, gatewayActor } from "../../changes.ts";
import { channelOf } from "../../channel/channel-names.ts";
import { type Connection, UnsentError } from "../../channel/network.ts";
import type { ChannelLine, ChannelLines } from "../channel-lines.ts";
import { deliveryError } from "../delivery-failures.ts";
import { updateDelivery } from "../queue-deliveries.ts";
import { type Claim, claimDelivery } from "./claim-delivery.ts";
import { findAddress } from "./conversation-address.ts";
import { type Outcome, type OutcomeRules, settle } from "./delivery-outcomes.ts";
import type { OutboxTimes } from "./outbox-times.ts";

/** What tries are made with. */
export interface AttemptParts {
  readonly changes: Changes;
  readonly lines: ChannelLines;
  readonly times: OutboxTimes;
  readonly faults: FaultPoint;
}

/** A line that messages can go out on. */
export type OpenLine = ChannelLine & { readonly connection: Connection };

/** A try whose outcome is known. */
interface Asked {
  readonly delivery: Delivery;
  readonly outcome: Outcome;
}

/** Makes tries. */
export class DeliveryAttempts {
  readonly #parts: AttemptParts;
  /** Tries whose outcome is not on disk yet, by name: the store may refuse changes for hours, and nobody could be asked again. */
  readonly #asked = new Map<string, Asked>();

  constructor(parts: AttemptParts) {
    this.#parts = parts;
  }

  /**
   * Sends the delivery, if it still waits for that; resolves when what became of it is safe on disk: "empty" when nothing of
   * its conversation waited then.
   */
  async send(name: string, line: OpenLine, signal: AbortSignal): Promise<"more" | "empty"> {
    const { changes, faults } = this.#parts;
    const claim = await changes.transact(gatewayActor, (recorder) =>
      claimDelivery(recorder, name, line.connection.capabilities),
    );
    if (claim === undefined) return "more";
    faults("outbox.sending");
    const outcome = await this.#ask(claim, line, signal);
    faults("outbox.asked");
    const { delivery } = claim.record;
    const left = outcome.kind === "unknown" && line.connection.reconcile !== undefined;
    const rest = left ? await this.#leave(delivery, outcome) : await this.#keep({ delivery, outcome });
    faults("outbox.sent");
    return rest;
  }

  /** Keeps the outcome of a delivery that is SENDING, if this process knows it; says whether it did. */
  async settleAsked({ name }: Delivery): Promise<boolean> {
    const asked = this.#asked.get(name);
    if (asked === undefined) return false;
    await this.#keep(asked);
    return true;
  }

  /** Keeps every outcome that is not on disk yet. Fails while the store takes no changes. */
  async settleAllAsked(): Promise<void> {
    for (const asked of [...this.#asked.values()]) await this.#keep(asked);
  }

  /** Finds out what became of a delivery that was left SENDING; resolves when that is safe on disk. */
  async reconcile(delivery: Delivery, line: OpenLine, signal: AbortSignal): Promise<void> {
    await this.#settle(delivery, await this.#findOutcome(delivery, line, signal));
  }

  /** Nobody will ever say what became of it. */
  async giveUp(delivery: Delivery, message: string): Promise<void> {
    await this.#settle(delivery, { kind: "unknown", message });
  }

  async #ask({ record, action, to }: Claim, { connection }: OpenLine, signal: AbortSignal): Promise<Outcome> {
    const { times } = this.#parts;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(times.sendMs)]);
    const late = lateAbort(limited, times.abortMs);
    const attempt = { delivery: record.delivery.name, attempt: record.delivery.attempts, signal: limited };
    try {
      return { kind: "sent", platformIds: await raceAbort(connection.send(action, to, attempt), late) };
    } catch (error) {
      if (error instanceof UnsentError) {
        return { kind: "unsent", message: error.message, permanent: error.permanent, retryAfterMs: error.retryAfterMs };
      }
      return { kind: "unknown", message: error instanceof Error ? error.message : String(error) };
    }
  }

  async #keep(asked: Asked): Promise<"more" | "empty"> {
    const { delivery, outcome } = asked;
    this.#asked.set(delivery.name, asked);
    const rest = await this.#settle(delivery, outcome);
    this.#asked.delete(delivery.name);
    return rest;
  }

  /** The network can be asked later what became of it: it stays SENDING until then. */
  async #leave(delivery: Delivery, { message }: Extract<Outcome, { kind: "unknown" }>): Promise<"more"> {
    await this.#parts.changes.transact(gatewayActor, async (recorder) => {
      const record = await recorder.tables.deliveries.find(delivery.name);
      if (record?.delivery.state !== State.SENDING || record.delivery.attempts !== delivery.attempts) return;
      await updateDelivery(recorder, record, { error: deliveryError(ErrorReason.OUTCOME_UNKNOWN, message) });
    });
    return "more";
  }

  async #findOutcome(delivery: Delivery, { connection }: OpenLine, signal: AbortSignal): Promise<Outcome> {
    const why = delivery.error?.message || "the gateway stopped before the network answered";
    const { changes, times } = this.#parts;
    const to = await changes.transact(gatewayActor, ({ tables }) => findAddress(tables, delivery.conversation));
    if (connection.reconcile === undefined || to === undefined) return { kind: "unknown", message: why };
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(times.sendMs)]);
      const found = await raceAbort(connection.reconcile(delivery, to), limited);
      if (found?.outcome === "sent") return { kind: "sent", platformIds: found.platformIds };
      if (found?.outcome === "unsent") {
        return { kind: "unsent", message: why, permanent: false, retryAfterMs: undefined };
      }
      return { kind: "unknown", message: why };
    } catch (error) {
      return { kind: "unknown", message: `${why}; asked again: ${error instanceof Error ? error.message : error}` };
    }
  }

  /** Keeps an outcome, unless somebody else has settled this very try meanwhile. */
  #settle(delivery: Delivery, outcome: Outcome): Promise<"more" | "empty"> {
    const { changes, lines, times } = this.#parts;
    return changes.transact(gatewayActor, async (recorder) => {
      const { deliveries } = recorder.tables;
      const record = await deliveries.find(delivery.name);
      if (record?.delivery.state !== State.SENDING || record.delivery.attempts !== delivery.attempts) return "more";
      const onAmbiguous = lines.find(channelOf(delivery.name))?.settings.outbound.onAmbiguous ?? "hold";
      const rules: OutcomeRules = { times, onAmbiguous };
      await settle(recorder, record, { outcome, rules });
      return (await deliveries.hasWaiting(delivery.conversation)) ? "more" : "empty";
    });
  }
}

/** Aborts `ms` after the signal did: a network that hears it gets that long to say what it had done. */
function lateAbort(signal: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  const onAbort = (): void => void setTimeout(() => late.abort(signal.reason), ms).unref();
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return late.signal;
}
