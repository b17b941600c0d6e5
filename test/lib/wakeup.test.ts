import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { Wakeup } from "../../src/lib/wakeup.ts";

describe("a wakeup", () => {
  const never = new AbortController().signal;

  it("ends every wait when it rings", async () => {
    const bell = new Wakeup();
    const waits = [bell.next(), bell.wait(60_000, never)];
    bell.wake();
    expect(await Promise.all(waits)).to.deep.equal(["woken", "woken"]);
  });

  it("ends a wait after its time, or when its signal aborts", async () => {
    const bell = new Wakeup();
    const gone = new AbortController();
    const waits = [bell.wait(1, never), bell.wait(60_000, gone.signal)];
    gone.abort();
    expect(await Promise.all(waits)).to.deep.equal(["timeout", "aborted"]);
    expect(await bell.wait(60_000, gone.signal)).to.equal("aborted");
  });

  it("rings the bells it forwards to, until they ask it to stop", () => {
    const { bell, others, rung } = ring(3);
    bell.wake();
    expect(rung()).to.equal(3);
    others[1]?.stop();
    bell.wake();
    expect(rung()).to.equal(5);
  });

  describe("that rings soon", () => {
    it("has not rung when it returns, and rings in the turns that follow", async () => {
      const { bell, rung } = ring(3);
      const own = bell.next();
      bell.wakeSoon();
      expect(rung()).to.equal(0);
      await own;
      expect(rung()).to.equal(3);
    });

    it("lets others have their turn between its bells", async () => {
      const { bell, rung } = ring(200);
      const seen = new Set<number>();
      bell.wakeSoon();
      while (rung() < 200) {
        await nextTurn();
        seen.add(rung());
      }
      expect(seen.size).to.be.greaterThan(3);
    });

    it("rings once for all who ask in one turn", async () => {
      const { bell, rung } = ring(3);
      for (let asked = 0; asked < 10; asked++) bell.wakeSoon();
      await turns(20);
      expect(rung()).to.equal(3);
    });

    it("goes round again when it is asked while it rings", async () => {
      const { bell, rung } = ring(200);
      bell.wakeSoon();
      while (rung() === 0) await nextTurn();
      bell.wakeSoon();
      await turns(40);
      expect(rung()).to.equal(400);
    });

    it("leaves out bells that stopped listening meanwhile", async () => {
      const { bell, others, rung } = ring(200);
      bell.wakeSoon();
      for (const other of others.slice(100)) other.stop();
      await turns(20);
      expect(rung()).to.equal(100);
    });
  });
});

interface Forwarded {
  readonly stop: () => void;
}

/** A bell that forwards to `count` others, and how often those have rung in all. */
function ring(count: number): { bell: Wakeup; others: Forwarded[]; rung: () => number } {
  const bell = new Wakeup();
  let rung = 0;
  class Counted extends Wakeup {
    override wake(): void {
      rung += 1;
    }
  }
  const others = Array.from({ length: count }, () => ({ stop: bell.forward(new Counted()) }));
  return { bell, others, rung: () => rung };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}
