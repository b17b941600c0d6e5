/** What `agents.defaults.compaction` may hold. */

import { expect } from "chai";
import { configJsonSchema, configSchema } from "../../../src/config/config-schema.ts";

describe("agents.defaults.compaction", () => {
  const read = (compaction: unknown) => configSchema.safeParse({ agents: { defaults: { compaction } } });

  it("has a default for everything but the model, which is the session's", () => {
    expect(read({}).data?.agents.defaults.compaction).to.deep.equal({
      ...{ enabled: true, keepRecentTokens: 20_000, recentTurnsPreserve: 3, timeoutSeconds: 180 },
    });
  });

  it("refuses what makes no sense", () => {
    const wrong = [
      { recentTurnsPreserve: 0 },
      { keepRecentTokens: -1 },
      { timeoutSeconds: 0 },
      { model: "gpt" },
      { on: 1 },
    ];
    for (const compaction of wrong) expect(read(compaction).success, JSON.stringify(compaction)).to.equal(false);
  });

  it("takes force without a restart", () => {
    const { properties } = configJsonSchema() as { properties: Record<string, never> };
    expect(properties).to.have.nested.property("agents.properties.defaults.properties.compaction.reload", "live");
  });
});
