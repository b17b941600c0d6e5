import { expect } from "chai";
import { type RestartOrder, Restarts, type RestartsParts } from "../../src/gateway/restarts.ts";
import { silentLog } from "../../src/lib/log.ts";
import { until } from "../support/until.ts";

const usual: RestartOrder = { reason: "test", graceMs: 1_000, idleMs: 0, force: false };

describe("Restarts", () => {
  let done: RestartOrder[];
  let activeRuns: number;
  let finish: (() => void) | undefined;

  beforeEach(() => {
    done = [];
    activeRuns = 0;
    finish = undefined;
  });

  function restarts(parts: Partial<RestartsParts> = {}): Restarts {
    return new Restarts({
      cooldownMs: () => 0,
      activeRuns: () => activeRuns,
      check: async () => {},
      perform: async (order) => void done.push(order),
      log: silentLog,
      ...parts,
    });
  }

  /** One whose restarts end when `finish` is called, or when they are hurried. */
  function slow(parts: Partial<RestartsParts> = {}): Restarts {
    const perform = (order: RestartOrder, hurry: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        done.push(order);
        finish = resolve;
        hurry.addEventListener("abort", () => resolve());
      });
    return restarts({ perform, ...parts });
  }

  const idle = (subject: Restarts) => until(() => subject.status.reason === "", "no restart is due");

  it("does what is asked for, after the answer", async () => {
    const subject = restarts();
    await subject.request(usual);
    expect(done).to.deep.equal([]);
    expect(subject.status.reason).to.equal("test");
    await idle(subject);
    expect(done).to.deep.equal([usual]);
  });

  it("takes requests that come together for one, and the shorter waits of them", async () => {
    const subject = restarts();
    await subject.request({ ...usual, graceMs: 5_000 });
    await subject.request({ ...usual, graceMs: 2_000, reason: "another" });
    await idle(subject);
    expect(done).to.deep.equal([{ ...usual, graceMs: 2_000 }]);
  });

  it("takes a request during a restart for the same", async () => {
    const subject = slow();
    await subject.request(usual);
    await until(() => finish !== undefined, "it restarts");
    await subject.request(usual);
    finish?.();
    await idle(subject);
    expect(done).to.have.length(1);
  });

  it("takes a request for another one when the restart has read what it restarts with", async () => {
    const subject = slow();
    await subject.request(usual);
    await until(() => finish !== undefined, "it restarts");
    subject.closes();
    const [first, another] = [finish, { ...usual, reason: "written later" }];
    await subject.request(another);
    await subject.request(another);
    subject.happens();
    expect(subject.status.reason).to.equal("written later");
    first?.();
    await until(() => done.length === 2, "it restarts again");
    finish?.();
    await idle(subject);
    expect(done).to.deep.equal([usual, another]);
  });

  it("is hurried by a request with force", async () => {
    const subject = slow();
    await subject.request(usual);
    await until(() => finish !== undefined, "it restarts");
    await subject.request({ ...usual, force: true });
    await idle(subject);
    expect(done).to.have.length(1);
  });

  it("pauses after a restart, and says until when", async () => {
    const subject = restarts({ cooldownMs: () => 3_600_000 });
    await subject.request(usual);
    await idle(subject);
    expect(await subject.request(usual)).to.be.greaterThan(Date.now() + 3_000_000);
    expect(done).to.have.length(1);
    await subject.stop(0);
  });

  it("does not pause for a request with force, neither a new one nor one that joins", async () => {
    const subject = restarts({ cooldownMs: () => 3_600_000 });
    const force = { ...usual, force: true };
    await subject.request(usual);
    await idle(subject);
    await subject.request(force);
    await idle(subject);
    await subject.request(usual);
    await subject.request(force);
    await idle(subject);
    expect(done).to.have.length(3);
  });

  it("waits for a moment without active runs, when told to", async () => {
    activeRuns = 1;
    const subject = restarts();
    await subject.request({ ...usual, idleMs: Number.POSITIVE_INFINITY });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(done).to.deep.equal([]);
    activeRuns = 0;
    await idle(subject);
    expect(done).to.have.length(1);
  });

  it("waits no longer for it than told", async () => {
    activeRuns = 1;
    const subject = restarts();
    await subject.request({ ...usual, idleMs: 1 });
    await idle(subject);
    expect(done).to.have.length(1);
  });

  it("fails a request that something is in the way of, and tells it until one succeeds", async () => {
    let wrong = true;
    const check = async (): Promise<void> => {
      if (wrong) throw new Error("the configuration is wrong");
    };
    const subject = restarts({ check });
    const message = await subject.request(usual).then(String, (error: Error) => error.message);
    expect(message).to.equal("the configuration is wrong");
    expect(subject.status).to.deep.equal({ reason: "", refusal: "the configuration is wrong" });
    wrong = false;
    await subject.request(usual);
    await idle(subject);
    expect(subject.status.refusal).to.equal("");
  });

  it("tells why a restart that was due did not happen", async () => {
    const perform = async (): Promise<void> => {
      throw new Error("the port is taken");
    };
    const subject = restarts({ perform });
    await subject.request(usual);
    await idle(subject);
    expect(subject.status.refusal).to.equal("the port is taken");
  });

  it("begins nothing once it is stopped, and resolves when what is under way has ended", async () => {
    const subject = slow();
    await subject.request(usual);
    await until(() => finish !== undefined, "it restarts");
    await subject.stop(0);
    expect(subject.status.reason).to.equal("");
    const late = restarts();
    await late.stop(0);
    await late.request(usual);
    await idle(late);
    expect(done).to.have.length(1);
    const twice = slow();
    await twice.request(usual);
    await until(() => done.length === 2, "it restarts");
    twice.closes();
    await twice.request(usual);
    await twice.stop(0);
    expect(twice.status.reason).to.equal("");
    expect(done).to.have.length(2);
  });
});
