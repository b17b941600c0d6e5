/** The outbox against a network that does anything, for any load: what it promises holds. */

import { expect } from "chai";
import { Delivery_State as State } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { UnsentError } from "../../../src/core/channel/network.ts";
import { FakeConnection, type Told } from "../../support/fake-line.ts";
import { OutboxKit, room, say } from "../../support/outbox-kit.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

/** Takes messages, refuses them, or breaks off before or after it took them; sometimes it is away. */
class MoodyNetwork extends FakeConnection {
  /** What it took, "room text", in order. */
  readonly took: string[] = [];
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    super();
    this.#random = random;
  }

  override async send(...[action, to]: [Told["action"], Told["to"], Told["attempt"]]): Promise<readonly string[]> {
    await new Promise(setImmediate);
    const mood = this.#random.between(1, 10);
    if (mood === 1) throw new UnsentError("refused", { permanent: true });
    if (mood <= 3) throw new UnsentError("not now", this.#random.chance(0.5) ? { retryAfterMs: 1 } : {});
    if (mood === 4) throw new Error("broke before");
    const text = action.kind.case === "message" ? action.kind.value.text : "";
    this.took.push(`${to.address} ${text}`);
    if (mood === 5) throw new Error("broke after");
    return [`${this.took.length}`];
  }
}

describe("the outbox and a moody network", function () {
  this.timeout(60_000);
  let kit: OutboxKit;

  afterEach(() => kit.close());

  it("send each thing once and in order, or say why not", async () => {
    const random = new SeededRandom();
    const told = `seed ${random.seed}`;
    const network = new MoodyNetwork(random);
    kit = new OutboxKit(network);
    await kit.start();
    kit.lines.set(network);
    for (let number = 0; number < 60; number++) {
      const pieces = Array.from({ length: random.between(1, 3) }, (_, piece) => say(`${number * 10 + piece}`));
      await kit.queue(room(random.pick(["a", "b", "c"])), pieces);
      if (random.chance(0.1)) kit.lines.set(undefined);
      if (random.chance(0.5)) kit.lines.set(network);
      if (random.chance(0.05)) {
        await kit.stop();
        await kit.start();
      }
    }
    kit.lines.set(network);
    for (const delivery of await kit.settled()) {
      const text = delivery.action?.kind.case === "message" ? delivery.action.kind.value.text : "";
      const times = network.took.filter((one) => one === `${delivery.conversation.split("/").at(-1)} ${text}`).length;
      if (delivery.state === State.SENT) expect(times, `${told}: ${text} is sent`).to.equal(1);
      else if (delivery.state === State.AMBIGUOUS) expect(times, `${told}: ${text} is ambiguous`).to.be.at.most(1);
      else expect([delivery.state, times], `${told}: ${text} failed`).to.deep.equal([State.FAILED, 0]);
    }
    for (const id of ["a", "b", "c"]) {
      const numbers = network.took.filter((one) => one.startsWith(id)).map((one) => Number(one.slice(2)));
      expect(numbers, `${told}: order in ${id}`).to.deep.equal(numbers.toSorted((one, other) => one - other));
    }
  });
});
