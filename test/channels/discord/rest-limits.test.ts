/** How fast Discord wants to be asked. */

import { expect } from "chai";
import { RestLimits } from "../../../src/channels/discord/rest/rest-limits.ts";

const [first, second] = ["100000000000000001", "200000000000000002"];
const slowDown = { status: 429, headers: new Headers(), retryAfterS: 30 };

describe("the limits of discord", () => {
  it("are each channel's own", () => {
    const limits = new RestLimits();
    limits.learn("POST", `/channels/${first}/messages`, slowDown);
    expect(limits.waitMs("POST", `/channels/${first}/messages`)).to.be.within(25_000, 30_000);
    expect(limits.waitMs("POST", `/channels/${second}/messages`)).to.equal(0);
  });

  it("are those of all reactions in a channel, whatever the emoji", () => {
    const limits = new RestLimits();
    const path = (emoji: string) => `/channels/${first}/messages/${second}/reactions/${emoji}/@me`;
    limits.learn("PUT", path("%F0%9F%91%80"), slowDown);
    expect(limits.waitMs("PUT", path("%F0%9F%91%8D"))).to.be.above(0);
  });

  it("are those of all pressed buttons, whatever they are answered with", () => {
    const limits = new RestLimits();
    limits.learn("POST", `/interactions/${first}/aW50ZXJhY3Rpb246MQ/callback`, slowDown);
    expect(limits.waitMs("POST", `/interactions/${second}/aW50ZXJhY3Rpb246Mg/callback`)).to.be.above(0);
    expect(limits.waitMs("POST", `/channels/${first}/messages`)).to.equal(0);
  });
});
