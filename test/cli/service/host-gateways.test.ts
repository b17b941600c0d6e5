import { expect } from "chai";
import { findProfileGateways } from "../../../src/cli/service/host-gateways.ts";

describe("findProfileGateways", () => {
  it("finds none for an account without a home folder", async () => {
    expect(await findProfileGateways({ environment: {}, home: "/nonexistent" })).to.deep.equal([]);
  });
});
