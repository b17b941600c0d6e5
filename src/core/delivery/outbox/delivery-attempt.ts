/** One try to send one delivery: taken, asked for, settled. Each step is committed before the next begins. */

import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type OutboundAction, Delivery_State as State } from "../../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import type { FaultPoint } from "../../../lib/fault-point.ts";
import { raceAbort } from "../../../lib/until-aborted.ts";
import { type Changes, gatewayActor } from "../../changes.ts";
import { channelOf } from "../../channel/channel-names.ts";
import { type Address, type Connection, UnsentError } from "../../channel/network.ts";
import type { Recorder } from "../../recorder.ts";
import type { ChannelLine, ChannelLines } from "../channel-lines.ts";
import { deliveryError } from "../delivery-failures.ts";
import type { DeliveryRecord } from "../delivery-table.ts";
import { updateDelivery } from "../queue-deliveries.ts";
import { findAddress } from "./conversation-address.ts";
import { endExpired, endFailed, type Outcome, type OutcomeRules, settle } from "./delivery-outcomes.ts";
import type { OutboxTimes } from "./outbox-times.ts";
import { prepareAction } from "./prepare-action.ts";
import { becomeEdit } from "./replace-preview.ts";
import { splitDelivery } from "./split-delivery.ts";

/** What tries are made with. */
export interface AttemptParts {
  readonly changes: Changes;
  readonly lines: ChannelLines;
  readonly times: OutboxTimes;
  readonly faults: FaultPoint;
}

/** A line that messages can go out on. */
export type OpenLine = ChannelLine & { readonly connection: Connection };

/** A delivery that is SENDING, and what the network is to be asked. */
interface Claim {
  readonly record: DeliveryRecord;
  readonly action: OutboundAction;
  readonly to: Address;
}

/** Makes tries. */
export class DeliveryAttempts {
  readonly #parts: AttemptParts;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
  }

  /** Sends the delivery, if it still waits for that; resolves when what became of it is safe on disk. */
  async send(name: string, line: OpenLine, signal: AbortSignal): Promise<void> {
    const { changes, faults } = this.#parts;
    const claim = await changes.transact(gatewayActor, (recorder) => this.#claim(recorder, name, line));
    if (claim === undefined) return;
    faults("outbox.sending");
    const outcome = await this.#ask(claim, line, signal);
    faults("outbox.asked");
    if (outcome.kind === "unknown" && line.connection.reconcile !== undefined) await this.#leave(claim.record, outcome);
    else await this.#settle(claim.record, outcome);
    faults("outbox.sent");
  }

  /** Finds out what became of a delivery that was left SENDING; resolves when that is safe on disk. */
  async reconcile(record: DeliveryRecord, line: OpenLine, signal: AbortSignal): Promise<void> {
    await this.#settle(record, await this.#findOutcome(record, line, signal));
  }

  /** Nobody will ever say what became of it. */
  giveUp(record: DeliveryRecord, message: string): Promise<void> {
    return this.#settle(record, { kind: "unknown", message });
  }

  async #claim(recorder: Recorder, name: string, line: OpenLine): Promise<Claim | undefined> {
    const found = await recorder.tables.deliveries.find(name);
    if (found?.delivery.state !== State.QUEUED) return undefined;
    const { expireTime } = found.delivery;
    if (expireTime !== undefined && timestampMs(expireTime) <= recorder.nowMs) {
      await endExpired(recorder, found);
      return undefined;
    }
    const record = await becomeEdit(recorder, found);
    const { action, conversation } = record.delivery;
    const to = await findAddress(recorder.tables, conversation);
    if (action === undefined || to === undefined) {
      const what = action === undefined ? "what was to be sent" : `the address of ${conversation}`;
      await endFailed(recorder, record, deliveryError(ErrorReason.NOT_FOUND, `${what} is not known any more`));
      return undefined;
    }
    const prepared = prepareAction(action, line.connection.capabilities);
    if (prepared.kind === "refuse") {
      await endFailed(recorder, record, deliveryError(prepared.reason, prepared.message));
      return undefined;
    }
    if (prepared.kind === "split") {
      await splitDelivery(recorder, record, prepared.actions);
      return undefined;
    }
    const attempts = record.delivery.attempts + 1;
    const claimed = await updateDelivery(recorder, record, { state: State.SENDING, attempts, retryTime: undefined });
    return { record: claimed, action: prepared.action, to };
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

  /** The network can be asked later what became of it: it stays SENDING until then. */
  async #leave({ delivery }: DeliveryRecord, { message }: Extract<Outcome, { kind: "unknown" }>): Promise<void> {
    await this.#parts.changes.transact(gatewayActor, async (recorder) => {
      const record = await recorder.tables.deliveries.find(delivery.name);
      if (record?.delivery.state !== State.SENDING || record.delivery.attempts !== delivery.attempts) return;
      await updateDelivery(recorder, record, { error: deliveryError(ErrorReason.OUTCOME_UNKNOWN, message) });
    });
  }

  async #findOutcome(record: DeliveryRecord, { connection }: OpenLine, signal: AbortSignal): Promise<Outcome> {
    const why = record.delivery.error?.message || "the gateway stopped before the network answered";
    const { changes, times } = this.#parts;
    const to = await changes.transact(gatewayActor, ({ tables }) => findAddress(tables, record.delivery.conversation));
    if (connection.reconcile === undefined || to === undefined) return { kind: "unknown", message: why };
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(times.sendMs)]);
      const found = await raceAbort(connection.reconcile(record.delivery, to), limited);
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
  async #settle({ delivery }: DeliveryRecord, outcome: Outcome): Promise<void> {
    const { changes, lines, times } = this.#parts;
    await changes.transact(gatewayActor, async (recorder) => {
      const record = await recorder.tables.deliveries.find(delivery.name);
      if (record?.delivery.state !== State.SENDING || record.delivery.attempts !== delivery.attempts) return;
      const onAmbiguous = lines.find(channelOf(delivery.name))?.settings.outbound.onAmbiguous ?? "hold";
      const rules: OutcomeRules = { times, onAmbiguous };
      await settle(recorder, record, { outcome, rules });
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
