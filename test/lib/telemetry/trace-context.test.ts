import { expect } from "chai";
import { idFrom, readTraceParent } from "../../../src/lib/telemetry/trace-context.ts";

describe("trace context", () => {
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const span = "00f067aa0ba902b7";

  it("reads what W3C says", () => {
    expect(readTraceParent(`00-${trace}-${span}-01`)).to.deep.equal({ traceId: trace, spanId: span, sampled: true });
    expect(readTraceParent(`00-${trace}-${span}-00`)?.sampled).to.equal(false);
    expect(readTraceParent(`cc-${trace}-${span}-03-more`)?.sampled).to.equal(true);
  });

  for (const text of [
    "",
    "x",
    `ff-${trace}-${span}-01`,
    `00-${"0".repeat(32)}-${span}-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
  ]) {
    it(`takes ${JSON.stringify(text)} for nothing`, () => {
      expect(readTraceParent(text)).to.equal(undefined);
    });
  }

  it("makes the same id of the same text", () => {
    expect(idFrom("a", 16)).to.equal(idFrom("a", 16));
    expect(idFrom("a", 32)).to.match(/^[0-9a-f]{32}$/);
  });
});
