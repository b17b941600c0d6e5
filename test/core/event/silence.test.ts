import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { Silence } from "../../../src/core/event/silence.ts";

describe("silence", () => {
  it("is noticed when nothing was said for as long as its limit", async () => {
    const { silence, long } = listen(5);
    expect(silence.isLong).to.equal(false);
    await long;
    expect(silence.isLong).to.equal(true);
  });

  it("starts anew when it is broken, also after it was noticed", async () => {
    let count = 0;
    const silence = new Silence(5, () => {
      count += 1;
      if (count < 3) silence.broken();
    });
    while (count < 3) await pause(5);
    expect(silence.isLong).to.equal(true);
    silence.broken();
    expect(silence.isLong).to.equal(false);
    silence.stop();
  });

  it("is not noticed after the listening stopped", async () => {
    let noticed = false;
    const silence = new Silence(5, () => {
      noticed = true;
    });
    silence.stop();
    await pause(30);
    expect(noticed).to.equal(false);
  });
});

/** Silence with a promise of its notice. */
function listen(limitMs: number): { silence: Silence; long: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const silence = new Silence(limitMs, resolve);
  // The silence itself keeps no process alive.
  const alive = setInterval(() => {}, 1_000);
  return { silence, long: promise.finally(() => clearInterval(alive)) };
}
