import { expect } from "chai";
import { type CoreSettings, defaultSettings, replaceSettings } from "../../src/core/core-settings.ts";

describe("replaceSettings", () => {
  it("changes the groups that are in use, so that whoever holds one reads the new values", () => {
    const settings = structuredClone(defaultSettings);
    const { agent, queue } = settings;
    const next: CoreSettings = {
      ...structuredClone(defaultSettings),
      agent: { ...agent, model: "a/b", fallbacks: ["c/d"] },
    };
    replaceSettings(settings, next);
    expect(agent).to.include({ model: "a/b" });
    expect(agent.fallbacks).to.deep.equal(["c/d"]);
    expect(settings.queue).to.equal(queue);
    expect(settings).to.deep.equal(next);
  });

  it("forgets what is not said any more", () => {
    const settings = {
      ...structuredClone(defaultSettings),
      agent: { ...defaultSettings.agent, thinking: "low" as const },
    };
    replaceSettings(settings, structuredClone(defaultSettings));
    expect(settings.agent.thinking).to.equal(undefined);
  });

  it("leaves what is computed alone", () => {
    const settings = {
      ...structuredClone(defaultSettings),
      get timeZone() {
        return "Europe/Vienna";
      },
    };
    replaceSettings(settings, { ...structuredClone(defaultSettings), timeZone: "UTC" });
    expect(settings.timeZone).to.equal("Europe/Vienna");
  });
});
