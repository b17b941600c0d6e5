import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { ago, exactly, grouped, roughly } from "../../../src/cli/terminal/moment.ts";

const nowMs = Date.parse("2026-11-22T12:00:00Z");

describe("ago", () => {
  for (const [time, text] of [
    [undefined, "-"],
    ["2026-11-22T11:59:58Z", "just now"],
    ["2026-11-22T12:00:07Z", "just now"],
    ["2026-11-22T11:59:30Z", "30 s ago"],
    ["2026-11-22T11:55:01Z", "4 min ago"],
    ["2026-11-22T07:00:00Z", "5 h ago"],
    ["2026-10-01T12:00:00Z", "52 d ago"],
  ] as const) {
    it(`is "${text}" for ${time}`, () => {
      expect(ago(time && timestampFromDate(new Date(time)), nowMs)).to.equal(text);
    });
  }
});

describe("spans of time", () => {
  it("are told in one unit, or two", () => {
    expect([roughly(7.4), roughly(65_000), exactly(65_000), exactly(60_000)]).to.deep.equal([
      "7 ms",
      "1 min",
      "1 min 5 s",
      "1 min",
    ]);
    expect(exactly(90_061_000)).to.equal("1 d 1 h");
  });
});

describe("grouped", () => {
  it("groups thousands", () => {
    expect([grouped(undefined), grouped(999), grouped(1_234_567n)]).to.deep.equal(["0", "999", "1 234 567"]);
  });
});
