import { expect } from "chai";
import { BotLoopGuard } from "../../../../src/core/channel/access/bot-loop.ts";

const rules = { maxEvents: 4, windowMs: 1_000, cooldownMs: 500 };

describe("the bot-loop guard", () => {
  it("hears a program until it and we said more than may be said in a while", () => {
    const guard = new BotLoopGuard();
    expect([1, 2, 3].map((time) => guard.note("pair", rules, time) === undefined)).to.deep.equal([true, true, false]);
  });

  it("counts only what was said lately", () => {
    const guard = new BotLoopGuard();
    for (let time = 0; time < 20_000; time += 600) expect(guard.note("pair", rules, time)).to.equal(undefined);
  });

  it("pauses, says for how long, and then counts anew", () => {
    const guard = new BotLoopGuard();
    for (const time of [1, 2, 3]) guard.note("pair", rules, time);
    expect(guard.note("pair", rules, 4)).to.contain("not heard for 1 s");
    expect(guard.note("pair", rules, 600)).to.equal(undefined);
  });

  it("pauses no longer because the clock was set back", () => {
    const guard = new BotLoopGuard();
    for (const time of [9_001, 9_002, 9_003]) guard.note("pair", rules, time);
    expect(guard.note("pair", rules, 9_004)).to.contain("not heard");
    expect(guard.note("pair", rules, 10)).to.equal(undefined);
  });

  it("counts each pair by itself", () => {
    const guard = new BotLoopGuard();
    for (const time of [1, 2, 3]) guard.note("pair", rules, time);
    expect(guard.note("another", rules, 4)).to.equal(undefined);
  });
});
