/** Turns: order in a conversation, and nobody who floods takes the others' time. Time moves only when the test says so. */

import { expect } from "chai";
import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import { FairTurns, type TurnRules } from "../../../../src/core/channel/inbound/fair-turns.ts";
import { Failure } from "../../../../src/core/errors.ts";

const workMs = 5;
const rules: TurnRules = { restPerWork: 20, creditMs: 0, longestRestMs: 1_000, maxInside: 2_000 };
const from = (sender: string, conversation = sender) => ({
  conversation: `conversations/${conversation}`,
  sender: `senders/${sender}`,
});

/** Turns on a machine where work takes 5 ms, one piece at a time; rests end in the order of their ends, when there is no work. */
class Machine {
  readonly done: string[] = [];
  readonly rests: number[] = [];
  readonly turns: FairTurns;
  #nowMs = 1_000_000;
  #working: Promise<void> = Promise.resolve();
  readonly #resting: { endMs: number; end: () => void }[] = [];

  constructor(more: Partial<TurnRules> = {}) {
    this.turns = new FairTurns({
      clock: { nowMs: () => this.#nowMs },
      rules: { ...rules, ...more },
      rest: (ms, signal) => this.#rest(ms, signal),
    });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Somebody corrects the clock. */
  setBack(ms: number): void {
    this.#nowMs -= ms;
  }

  /** Somebody's message; `name` is noted when it is done. */
  message(name: string, sender: string, conversation = sender): Promise<void> {
    return this.turns.take(from(sender, conversation), async () => {
      const before = this.#working;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#working = promise;
      await before;
      this.#nowMs += workMs;
      this.done.push(name);
      resolve();
    });
  }

  /** A backlog: numbered messages of one sender, brought all at once. */
  flood(count: number, sender = "flood", conversation = sender): Promise<unknown> {
    return Promise.all(
      Array.from({ length: count }, (_, index) => this.message(`${sender} ${index}`, sender, conversation)),
    );
  }

  /** Lets everything happen that needs no time to pass. */
  async settle(): Promise<void> {
    await new Promise(setImmediate);
  }

  /** Lets the rest that ends first end; false when nobody rests. */
  async passRest(): Promise<boolean> {
    await this.settle();
    const next = this.#resting.sort((a, b) => a.endMs - b.endMs).shift();
    if (next === undefined) return false;
    this.#nowMs = Math.max(this.#nowMs, next.endMs);
    next.end();
    await this.settle();
    return true;
  }

  async passAll(): Promise<void> {
    while (await this.passRest());
  }

  #rest(ms: number, signal: AbortSignal): Promise<void> {
    this.rests.push(ms);
    return new Promise((resolve) => {
      const end = (): void => resolve();
      signal.addEventListener("abort", end, { once: true });
      this.#resting.push({ endMs: this.#nowMs + ms, end });
    });
  }
}

describe("turns of inbound messages", () => {
  it("give the next turn to another sender, however many messages of one wait", async () => {
    const machine = new Machine();
    const flood = machine.flood(1_000);
    await machine.passRest();
    await machine.message("calm", "mia");
    expect(machine.done).to.deep.equal(["flood 0", "flood 1", "calm"]);
    machine.turns.hurry();
    await flood;
  });

  it("leave others nineteen twentieths of the time while a backlog lasts", async () => {
    const machine = new Machine();
    const startMs = machine.nowMs;
    const flood = machine.flood(101);
    await machine.passAll();
    await flood;
    expect(machine.nowMs - startMs).to.be.at.least(100 * workMs * 20);
  });

  it("do every piece of a backlog, in its order", async () => {
    const machine = new Machine();
    const flood = machine.flood(50);
    await machine.passAll();
    await flood;
    expect(machine.done).to.deep.equal(Array.from({ length: 50 }, (_, index) => `flood ${index}`));
  });

  it("keep the order of a conversation, whoever writes in it", async () => {
    const machine = new Machine();
    const names = Array.from({ length: 30 }, (_, index) => `message ${index}`);
    const all = Promise.all(names.map((name, index) => machine.message(name, `sender ${index % 3}`, "room")));
    await machine.passAll();
    await all;
    expect(machine.done).to.deep.equal(names);
  });

  it("never let a sender rest who brings the next message when the last one was kept", async () => {
    const machine = new Machine();
    for (let index = 0; index < 200; index += 1) await machine.message(`calm ${index}`, "mia");
    expect(machine.rests).to.deep.equal([]);
  });

  it("never let many senders rest who bring one message each, all at once, again and again", async () => {
    const machine = new Machine();
    const talk = async (sender: string): Promise<void> => {
      for (let index = 0; index < 20; index += 1) await machine.message(`${sender} ${index}`, sender);
    };
    await Promise.all(Array.from({ length: 32 }, (_, index) => talk(`sender ${index}`)));
    expect(machine.rests).to.deep.equal([]);
  });

  it("let a sender rest who floods many conversations at once", async () => {
    const machine = new Machine();
    const startMs = machine.nowMs;
    const conversations = Array.from({ length: 21 }, (_, index) => `room ${index}`);
    const all = Promise.all(conversations.map((conversation) => machine.message(conversation, "flood", conversation)));
    await machine.passAll();
    await all;
    expect(machine.nowMs - startMs).to.be.at.least(20 * workMs * 20);
  });

  it("let a conversation rest in which many write at once", async () => {
    const machine = new Machine();
    const senders = Array.from({ length: 21 }, (_, index) => `sender ${index}`);
    const startMs = machine.nowMs;
    const all = Promise.all(senders.map((sender) => machine.message(sender, sender, "room")));
    await machine.passAll();
    await all;
    expect(machine.nowMs - startMs).to.be.at.least(20 * workMs * 20);
  });

  it("let somebody paste some lines at once without any rest", async () => {
    const machine = new Machine({ creditMs: 2_000 });
    await machine.flood(20);
    expect(machine.rests).to.deep.equal([]);
  });

  it("begin with rests once the credit is used up", async () => {
    const machine = new Machine({ creditMs: 2_000 });
    const flood = machine.flood(30);
    await machine.passRest();
    expect(machine.done.length).to.be.within(21, 23);
    await machine.passAll();
    await flood;
  });

  it("rest no longer than a second before one message, however long one took", async () => {
    const machine = new Machine({ restPerWork: 10_000 });
    const flood = machine.flood(5);
    await machine.passAll();
    await flood;
    expect(machine.rests).to.deep.equal([1_000, 1_000, 1_000, 1_000]);
  });

  it("let nobody rest for longer because the clock was set back", async () => {
    const machine = new Machine({ creditMs: 2_000 });
    await machine.flood(20);
    machine.setBack(600_000);
    for (let index = 0; index < 5; index++) {
      const calm = machine.message(`calm ${index}`, "flood");
      await machine.passAll();
      await calm;
    }
    expect(machine.rests.length).to.be.at.most(1);
  });

  it("rest no more once the gateway is about to stop", async () => {
    const machine = new Machine();
    const flood = machine.flood(40);
    await machine.passRest();
    machine.turns.hurry();
    await flood;
    expect(machine.done).to.have.length(40);
  });

  it("refuse a message when too many of its conversation wait, without doing it", async () => {
    const machine = new Machine({ maxInside: 3 });
    const flood = machine.flood(3);
    const refused = await machine.message("one more", "flood").catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(Failure).and.to.include({
      reason: ErrorReason.RATE_LIMITED,
      message: "conversations/flood has 3 messages waiting to be taken in; bring this one again in 1 s",
      retryAfterMs: 1_000,
    });
    await machine.passAll();
    await flood;
    expect(machine.done).not.to.include("one more");
  });

  it("take messages of others while they refuse one conversation's", async () => {
    const machine = new Machine({ maxInside: 3 });
    const flood = machine.flood(3);
    await machine.message("calm", "mia");
    expect(machine.done).to.include("calm");
    await machine.passAll();
    await flood;
  });

  it("go on after a message that failed", async () => {
    const { turns } = new Machine();
    const failed = turns.take(from("mia"), () => Promise.reject(new Error("no room")));
    const next = turns.take(from("mia"), async () => "done");
    expect(await failed.catch((error: Error) => error.message)).to.equal("no room");
    expect(await next).to.equal("done");
  });

  it("forget who has nothing waiting and no rest to take", async () => {
    const machine = new Machine();
    for (let index = 0; index < 50; index += 1) await machine.message("hello", `sender ${index}`);
    expect(machine.turns.size).to.equal(0);
  });
});
