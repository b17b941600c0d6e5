/** A flood into one conversation: what is taken is kept in order, what is not is refused, and others are heard meanwhile. */

import { expect } from "chai";
import { ErrorReason } from "../../../../gen/openclaw/gateway/v1/errors_pb.ts";
import type { Ingress } from "../../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Failure } from "../../../../src/core/errors.ts";
import { type InboundKit, InboundKits } from "../../../support/inbound-kit.ts";

const brought = 100;

describe("a flood into one conversation", () => {
  const kits = new InboundKits();
  afterEach(() => kits.close());

  /** Everything at once, without rests. */
  async function flood(kit: InboundKit): Promise<PromiseSettledResult<Ingress>[]> {
    kit.core.core.inbound.hurry();
    const texts = Array.from({ length: brought }, (_, index) => `message ${index}`);
    return Promise.allSettled(texts.map((text) => kit.receive({ platformId: text, text })));
  }

  it("is taken up to 64 messages; the others are refused until there is room", async () => {
    const kit = await kits.open();
    const results = await flood(kit);
    const reasons = results.map((result) => result.status === "rejected" && (result.reason as Failure).reason);
    expect(reasons).to.deep.equal([...Array(64).fill(false), ...Array(brought - 64).fill(ErrorReason.RATE_LIMITED)]);
    const again = await kit.receive({ platformId: "message 99", text: "message 99" });
    expect(again.message?.text).to.equal("message 99");
  });

  it("is kept in the order it was brought", async () => {
    const kit = await kits.open();
    await flood(kit);
    const kept = await kit.core.store.read(({ ingress }) => ingress.list({ limit: brought }));
    const texts = kept.map(({ message }) => message?.text).reverse();
    expect(texts).to.deep.equal(Array.from({ length: 64 }, (_, index) => `message ${index}`));
  });

  it("does not keep another conversation's message waiting: that one is taken before the flood is", async () => {
    const kit = await kits.open();
    const all = flood(kit);
    await kit.receive({ address: "ann", senderAddress: "ann", text: "calm" });
    const kept = await kit.core.store.read(({ ingress }) => ingress.list({ limit: brought }));
    expect(kept.length).to.be.below(10);
    await all;
  });
});
