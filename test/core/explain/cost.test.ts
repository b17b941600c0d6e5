import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ModelSchema } from "../../../gen/openclaw/gateway/v1/agent_pb.ts";
import { dollarsOf, dollarText } from "../../../src/core/explain/cost.ts";

const models = {
  list: () => [
    create(ModelSchema, { reference: "a/priced", price: { input: 2, output: 8, cached: 0.5 } }),
    create(ModelSchema, { reference: "a/other" }),
  ],
};
const tokens = { inputTokens: 1_000_000n, cachedTokens: 400_000n, outputTokens: 250_000n };

describe("what a run costs", () => {
  it("is what it read, what of that was cached, and what it wrote, each at its price", () => {
    expect(dollarsOf(models, "a/priced", tokens)).to.equal(0.6 * 2 + 0.4 * 0.5 + 0.25 * 8);
  });

  it("is not known where nobody said what the model costs", () => {
    expect(dollarsOf(models, "a/other", tokens)).to.equal(undefined);
    expect(dollarsOf(models, "a/gone", tokens)).to.equal(undefined);
  });

  it("reads as cents, or as much of them as there is", () => {
    expect([12.345, 0.01, 0, 0.000_12, 0.000_000_4].map(dollarText)).to.deep.equal([
      "$12.35",
      "$0.01",
      "$0.00",
      "$0.00012",
      "less than $0.000001",
    ]);
  });
});
