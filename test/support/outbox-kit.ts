/** An outbox on a real store with channels in memory; stopped and started again as a process would be. */

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type Delivery,
  type OutboundAction,
  OutboundActionSchema,
  Delivery_State as State,
} from "../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { Changes } from "../../src/core/changes.ts";
import { Outbox } from "../../src/core/delivery/outbox/outbox.ts";
import { type OutboxTimes, outboxTimes } from "../../src/core/delivery/outbox/outbox-times.ts";
import { type NewDeliveries, queueDeliveries } from "../../src/core/delivery/queue-deliveries.ts";
import { readOnly } from "../../src/core/errors.ts";
import type { Store } from "../../src/core/store.ts";
import { noFaults } from "../../src/lib/fault-point.ts";
import { silentLog } from "../../src/lib/log.ts";
import type { SqliteStore } from "../../src/storage/sqlite-store.ts";
import { TemporaryStore } from "../storage/support/temporary-store.ts";
import { FakeConnection, FakeLines } from "./fake-line.ts";
import { TestClock } from "./test-clock.ts";
import { eventually } from "./until.ts";

const quick: OutboxTimes = { ...outboxTimes, retryBaseMs: 1, retryCapMs: 4, sweepMs: 5, abortMs: 1 };

/** Text to say. */
export function say(text: string): OutboundAction {
  return create(OutboundActionSchema, { kind: { case: "message", value: { text } } });
}

/** Any action. */
export function act(kind: MessageInitShape<typeof OutboundActionSchema>["kind"]): OutboundAction {
  return create(OutboundActionSchema, { kind });
}

/** Rooms of the channel "fake". */
export const room = (id: string): string => `channels/fake/conversations/${id}`;

/** See the file's first line. Call `close` after each test. */
export class OutboxKit {
  readonly clock = new TestClock();
  readonly lines = new FakeLines();
  readonly connection: FakeConnection;
  readonly files = new TemporaryStore({ clock: this.clock });
  changes!: Changes;
  /** While true, nothing can be changed. */
  refuses = false;
  #times: OutboxTimes;
  #outbox: Outbox | undefined;

  constructor(connection = new FakeConnection(), times: Partial<OutboxTimes> = {}) {
    this.connection = connection;
    this.#times = { ...quick, ...times };
  }

  /** Starts it; a channel has to be put up before anything is sent. */
  async start(): Promise<void> {
    const store = this.#refusing(await this.files.open());
    this.changes = new Changes(store, this.clock);
    const { changes, lines, clock } = this;
    const parts = { store, changes, lines, clock, log: silentLog, faults: noFaults, times: this.#times };
    this.#outbox = new Outbox(parts);
    await this.#outbox.start();
  }

  get outbox(): Outbox {
    if (this.#outbox === undefined) throw new Error("the outbox of this test is not running");
    return this.#outbox;
  }

  async stop(): Promise<void> {
    await this.#outbox?.drain(0);
    this.#outbox = undefined;
    await this.files.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.files.remove();
  }

  /** Queues one thing of these actions. */
  queue(
    conversation: string,
    actions: readonly OutboundAction[],
    more: Partial<NewDeliveries> = {},
  ): Promise<Delivery[]> {
    const wanted = { conversation, actions, creator: "test", expireMs: 3_600_000, ...more };
    return this.changes.transact("test", (recorder) => queueDeliveries(recorder, wanted));
  }

  /** The store, which refuses changes as long as `refuses` says so, as on a full disk. */
  #refusing(store: SqliteStore): Store {
    const transact: Store["transact"] = async (work) => {
      if (this.refuses) throw readOnly("the disk of this test is full");
      return store.transact(work);
    };
    return new Proxy<Store>(store, {
      get: (_, name) => {
        if (name === "transact") return transact;
        const value: unknown = Reflect.get(store, name, store);
        return typeof value === "function" ? value.bind(store) : value;
      },
    });
  }

  /** A delivery as it is now. */
  async get({ name }: Pick<Delivery, "name">): Promise<Delivery> {
    const record = await this.files.store.read(({ deliveries }) => deliveries.find(name));
    if (record === undefined) throw new Error(`there is no ${name}`);
    return record.delivery;
  }

  /** Every delivery, oldest first. */
  async all(): Promise<Delivery[]> {
    const found = await this.files.store.read(({ deliveries }) => deliveries.list({ limit: 1_000 }));
    return found.map((record) => record.delivery).reverse();
  }

  /** Waits until nothing is QUEUED or SENDING; answers all of them, oldest first. */
  async settled(): Promise<Delivery[]> {
    return this.inStates((state) => state !== State.QUEUED && state !== State.SENDING);
  }

  /** Waits until the state of every delivery is as wanted. */
  async inStates(isWanted: (state: State) => boolean): Promise<Delivery[]> {
    return eventually("the deliveries are in the wanted state", async () => {
      const all = await this.all();
      return all.length > 0 && all.every(({ state }) => isWanted(state)) ? all : undefined;
    });
  }
}

/** States in words. */
export function statesOf(deliveries: readonly Delivery[]): string[] {
  const names = new Map<number, string>(Object.entries(State).map(([name, value]) => [value, name]));
  return deliveries.map(({ state }) => names.get(state) ?? "");
}
