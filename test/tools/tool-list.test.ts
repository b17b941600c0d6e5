import { expect } from "chai";
import { builtInTools } from "../../src/tools/tool-list.ts";

describe("builtInTools", () => {
  it("gives every tool a name of its own that every provider takes", () => {
    const names = builtInTools().map((tool) => tool.name);
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names) expect(name).to.match(/^[a-z][a-z0-9_]{0,63}$/);
  });

  for (const tool of builtInTools()) {
    it(`describes ${tool.name} and its input`, () => {
      expect(tool.description).not.to.equal("");
      expect(tool.inputSchema).to.include({ type: "object", additionalProperties: false });
      expect(tool.timeoutMs).to.be.greaterThan(0);
    });
  }

  it("has tools that may be called again after a crash", () => {
    expect(
      builtInTools()
        .filter((tool) => tool.replaySafe)
        .map((tool) => tool.name),
    ).to.deep.equal(["current_time", "session_status"]);
  });
});
