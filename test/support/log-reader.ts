/** Follows the whole event log with the client's own follower and remembers every event. */

import { toJson } from "@bufbuild/protobuf";
import { expect } from "chai";
import { type Event, EventSchema } from "../../gen/openclaw/gateway/v1/event_pb.ts";
import type { GatewayClient } from "../../src/client/gateway-client.ts";

/** A reader of the log, from its first event on. */
export class LogReader {
  readonly events: Event[] = [];
  readonly #leaving = new AbortController();
  readonly #reading: Promise<void>;

  /** `cursor` is a position before everything that is to be read. */
  constructor(client: GatewayClient, cursor: string) {
    this.#reading = this.#read(client, cursor);
    this.#reading.catch(() => {});
  }

  /** Reads on until the event with this sequence is there, then leaves. */
  async finish(sequence: number): Promise<void> {
    while (Number(this.events.at(-1)?.sequence ?? 0) < sequence) {
      const failed = this.#reading.then(() => expect.fail("the reader left before the end of the log"));
      await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
    this.leave();
    await this.#reading;
  }

  /** Reads no more. */
  leave(): void {
    this.#leaving.abort();
  }

  async #read(client: GatewayClient, cursor: string): Promise<void> {
    for await (const step of client.followEvents({ cursor, signal: this.#leaving.signal })) {
      if (step.kind === "event") this.events.push(step.event);
    }
  }
}

/** The log from a cursor on, as ListEvents tells it; without one, the whole. */
export async function readLog(client: GatewayClient, from = ""): Promise<Event[]> {
  const all: Event[] = [];
  for (let cursor = from, atEnd = false; !atEnd; ) {
    const slice = await client.events.listEvents({ cursor, pageSize: 200 });
    all.push(...slice.events);
    ({ cursor, atEnd } = slice);
  }
  return all;
}

/** Fails unless the events are the log from the sequence after `before` on: every one, once, in order, with the same content. */
export function expectSameLog(seen: readonly Event[], log: readonly Event[], before: number): void {
  const wanted = log.filter(({ sequence }) => Number(sequence) > before);
  expect(seen.map(({ sequence }) => Number(sequence))).to.deep.equal(wanted.map(({ sequence }) => Number(sequence)));
  for (const [index, event] of seen.entries()) {
    const other = wanted[index] ?? expect.fail("too many events");
    expect(toJson(EventSchema, event), `event ${event.sequence}`).to.deep.equal(toJson(EventSchema, other));
  }
}

/** Fails unless the sequences go up by one from 1. */
export function expectGapFree(log: readonly Event[]): void {
  expect(log.map(({ sequence }) => Number(sequence))).to.deep.equal(log.map((_, index) => index + 1));
}
