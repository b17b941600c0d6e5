/**
 * The way in from channels. One message is one transaction: whether it is new, who is heard, commands, route, session, resets,
 * the inbox's own acceptance, the record of what became of it, and where to go on reading the network.
 */

import {
  type InboundMessage,
  type Ingress,
  Ingress_Outcome as Outcome,
} from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { FaultPoint } from "../../../lib/fault-point.ts";
import type { Log } from "../../../lib/log.ts";
import type { CommandRooms } from "../../command/command.ts";
import type { CoreSettings } from "../../core-settings.ts";
import { Failure, internalError, reasonName } from "../../errors.ts";
import type { Inbox } from "../../message/inbox.ts";
import type { RunDispatcher } from "../../run/run-dispatcher.ts";
import type { ChannelSettings } from "../channel-settings.ts";
import { keepOnce } from "../ingress/keep-once.ts";
import { type Arrival, arrivalOf } from "./arrival.ts";
import type { FairTurns } from "./fair-turns.ts";
import { Outcomes } from "./outcomes.ts";
import { resubmit } from "./resubmit.ts";
import { isPassing, type Settle, type Settled } from "./settled.ts";

/** What the way in is built from. Settings are read on use. */
export interface InboundParts {
  readonly dispatcher: RunDispatcher;
  readonly inbox: Inbox;
  readonly commands: CommandRooms;
  readonly settings: CoreSettings;
  /** A flood in one conversation, or from one sender, does not hold up the others. */
  readonly turns: FairTurns;
  readonly log: Log;
  readonly faults: FaultPoint;
}

/** Takes messages in. */
export class Inbound {
  readonly #parts: InboundParts;
  readonly #outcomes: Outcomes;

  constructor(parts: InboundParts) {
    this.#parts = parts;
    this.#outcomes = new Outcomes(parts);
  }

  /**
   * Takes one message in; resolves when it, what became of it, and the cursor (unless empty) are safe on disk. The same
   * message again changes nothing but the cursor and gives the same answer. Messages of a conversation are handled in the
   * order of the calls.
   * A message that cannot be handled is kept as FAILED. Fails with FIELD_INVALID when it lacks what a message must have, with
   * RATE_LIMITED when too many of its conversation or sender wait already, and when nothing can be kept now: then it was not
   * taken.
   */
  async receive(channel: ChannelSettings, message: InboundMessage, backfillCursor = ""): Promise<Ingress> {
    const arrival = arrivalOf(channel, message);
    const ingress = await this.#parts.turns.take(arrival, () => this.#take(arrival, backfillCursor));
    this.#parts.faults("inbound.committed");
    return ingress;
  }

  /** The gateway is about to stop: what was brought is kept without further rests. */
  hurry(): void {
    this.#parts.turns.hurry();
  }

  /**
   * Handles a message again that failed, by the rules that hold now; one that has been handled since is given back as it is.
   * Fails with NOT_FOUND for the message, and for its channel when that is not configured; with PROTECTED when it never
   * failed; and as handling it fails: then it stays as it was.
   */
  resubmit(name: string, channels: (name: string) => ChannelSettings | undefined, actor: string): Promise<Ingress> {
    const outcomes = this.#outcomes;
    return this.#parts.dispatcher.change(actor, (recorder, effects) =>
      resubmit(recorder, effects, { name, channels, outcomes }),
    );
  }

  async #take(arrival: Arrival, backfillCursor: string): Promise<Ingress> {
    try {
      return await this.#keep(arrival, backfillCursor, (recorder, effects, placed) =>
        this.#outcomes.settle(recorder, effects, placed),
      );
    } catch (error) {
      if (isPassing(error)) throw error;
      return await this.#keep(arrival, backfillCursor, async () => this.#failed(error, arrival));
    }
  }

  #keep(brought: Arrival, backfillCursor: string, settle: Settle): Promise<Ingress> {
    return this.#parts.dispatcher.change(brought.sender, async (recorder, effects) => {
      const { channels } = recorder.tables;
      if (backfillCursor !== "") await channels.keepCursor(brought.channel.name, backfillCursor);
      const kept = await keepOnce(recorder, brought, (arrival) => settle(recorder, effects, arrival));
      if (kept.isNew) this.#parts.faults("inbound.before-commit");
      return kept.ingress;
    });
  }

  #failed(error: unknown, { conversation, message }: Arrival): Settled {
    const failure = error instanceof Failure ? error : internalError();
    const { platformId } = message;
    this.#parts.log.error({ err: error, conversation, platformId }, "an inbound message could not be handled");
    return { outcome: Outcome.FAILED, rule: reasonName(failure.reason), reason: failure.message };
  }
}
