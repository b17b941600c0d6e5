import { expect } from "chai";
import { retryAfterMs } from "../../../src/models/sdk/retry-after.ts";

const nowMs = Date.UTC(2026, 10, 22, 10, 0, 0);

function fromHeaders(headers: Record<string, string>): number | undefined {
  return retryAfterMs({ headers, body: undefined }, nowMs);
}

describe("retryAfterMs", () => {
  it("reads seconds", () => {
    expect(fromHeaders({ "retry-after": "12" })).to.equal(12_000);
    expect(fromHeaders({ "retry-after": "0.5" })).to.equal(500);
  });

  it("reads an HTTP date", () => {
    expect(fromHeaders({ "retry-after": "Sun, 22 Nov 2026 10:00:20 GMT" })).to.equal(20_000);
  });

  it("takes a date that has passed for now", () => {
    expect(fromHeaders({ "retry-after": "Sun, 22 Nov 2026 09:00:00 GMT" })).to.equal(0);
  });

  it("prefers milliseconds", () => {
    expect(fromHeaders({ "retry-after-ms": "1500", "retry-after": "9" })).to.equal(1_500);
  });

  it("never waits longer than a minute", () => {
    expect(fromHeaders({ "retry-after": "86400" })).to.equal(60_000);
    expect(fromHeaders({ "retry-after": "Mon, 23 Nov 2026 10:00:00 GMT" })).to.equal(60_000);
  });

  it("reads google.rpc.RetryInfo from the body", () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "3.5s" }];
    expect(retryAfterMs({ headers: {}, body: { error: { details } } }, nowMs)).to.equal(3_500);
    expect(retryAfterMs({ headers: {}, body: { details } }, nowMs)).to.equal(3_500);
  });

  it("says nothing when nothing readable was said", () => {
    expect(fromHeaders({})).to.equal(undefined);
    expect(fromHeaders({ "retry-after": "soon" })).to.equal(undefined);
    expect(retryAfterMs({ headers: {}, body: { error: { details: [{ retryDelay: 5 }] } } }, nowMs)).to.equal(undefined);
  });
});
