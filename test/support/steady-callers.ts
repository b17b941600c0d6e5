/** Callers that turn runs and watch, each on a connection of its own, and write down every failure a person would see. */

import { randomUUID } from "node:crypto";
import { Code, createClient, type Transport } from "@connectrpc/connect";
import { EventService } from "../../gen/openclaw/gateway/v1/event_service_pb.ts";
import { RunService } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { type GatewayError, gatewayErrorFrom } from "../../src/client/gateway-error.ts";

/** A run that was asked for. */
export interface AskedRun {
  readonly requestId: string;
  readonly parent: string;
  readonly name: string;
}

/** One caller. Nothing is tried again but what the gateway asks to try again: UNAVAILABLE with a delay. */
export class SteadyCaller {
  /** Every answer to CreateRun. */
  readonly runs: AskedRun[] = [];
  /** Sequences of the events that were watched, in the order they came. */
  readonly seen: bigint[] = [];
  /** What is not retryable, in words. */
  readonly failures: string[] = [];
  /** How often it was asked to come back. */
  comebacks = 0;
  /** Longest time a unary call took, in ms. */
  longestMs = 0;
  readonly #transport: Transport;
  readonly #parent: string;

  constructor(transport: Transport, parent: string) {
    this.#transport = transport;
    this.#parent = parent;
  }

  /** Turns one run after the other as long as `wanted` says so. */
  async turn(wanted: () => boolean): Promise<void> {
    const runs = createClient(RunService, this.#transport);
    while (wanted()) {
      const requestId = randomUUID();
      const parts = [{ kind: { case: "text" as const, value: `/slow 3\nturn ${requestId} of a caller` } }];
      const answer = await this.#persist(() => runs.createRun({ parent: this.#parent, requestId, parts }));
      if (answer?.run === undefined) return;
      this.runs.push({ requestId, parent: this.#parent, name: answer.run.name });
      await this.#persist(async () => {
        for await (const _ of runs.watchRun({ name: answer.run?.name ?? "" }));
      }, false);
    }
  }

  /** Follows the whole log from a cursor until the signal aborts, opening again where it was. */
  async watch(cursor: string, signal: AbortSignal): Promise<void> {
    const events = createClient(EventService, this.#transport);
    let position = cursor;
    while (!signal.aborted) {
      await this.#persist(async () => {
        try {
          for await (const { frame } of events.watchEvents({ cursor: position }, { signal })) {
            if (frame.case === "bookmark") position = frame.value.cursor;
            if (frame.case !== "batch") continue;
            this.seen.push(...frame.value.events.map(({ sequence }) => sequence));
            position = frame.value.cursor;
          }
        } catch (error) {
          if (!signal.aborted) throw error;
        }
      }, false);
    }
  }

  async #persist<Answer>(call: () => Promise<Answer>, timed = true): Promise<Answer | undefined> {
    for (;;) {
      const startMs = performance.now();
      try {
        return await call();
      } catch (thrown) {
        const error = gatewayErrorFrom(thrown);
        if (!asksBack(error)) {
          this.failures.push(`${Code[error.code]} ${error.reason} ${error.message}`);
          return undefined;
        }
        this.comebacks += 1;
        await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs));
      } finally {
        if (timed) this.longestMs = Math.max(this.longestMs, performance.now() - startMs);
      }
    }
  }
}

function asksBack({ code, reason, retryAfterMs }: GatewayError): boolean {
  return code === Code.Unavailable && ["DRAINING", "STARTING"].includes(reason) && retryAfterMs !== undefined;
}
