import { expect } from "chai";
import { findSuite, runSuite, type Suite } from "./suite.ts";

/**
 * The runner spends most of its time on large messages. What they prove is independent of TLS, and br takes the way of gzip,
 * so these variants of the size cases are left to whoever changes them.
 */
const tooSlow = ["Server Message Size/**/TLS:true/**", "Server Message Size/**/Compression:COMPRESSION_BR/**"];

describe("the official conformance suite of Connect, gRPC and gRPC-Web", () => {
  let suite: Suite | undefined;

  before("fetch the runner", async function () {
    this.timeout(600_000);
    suite = await findSuite();
  });

  it("passes through the production port (needs Go)", async function () {
    this.timeout(600_000);
    if (suite === undefined) return this.skip();
    const { exitCode, output } = await runSuite(suite, tooSlow);
    const [, passed, failed] = /(\d+) passed, (\d+) failed/.exec(output) ?? [];
    expect({ exitCode, failed }, output.slice(-4_000)).to.deep.equal({ exitCode: 0, failed: "0" });
    expect(Number(passed)).to.be.above(4_900);
  });
});
