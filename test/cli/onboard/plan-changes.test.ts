import { expect } from "chai";
import type { Answers } from "../../../src/cli/onboard/answers.ts";
import { planChanges } from "../../../src/cli/onboard/plan-changes.ts";

describe("the plan of a set-up", () => {
  const plan = (answers: Partial<Answers>, written?: unknown) => {
    const { edits, variables } = planChanges(
      { keyPlace: "env", start: "none", ...answers },
      { written, keyVariable: (provider) => `${provider.toUpperCase()}_API_KEY` },
    );
    return { edits: edits.map(({ path, value }) => [path.join("."), value]), variables };
  };
  const nothing = { edits: [], variables: {} };

  it("is empty when nothing is asked, or everything is as it should be", () => {
    expect(plan({})).to.deep.equal(nothing);
    const written = { gateway: { port: 5, bind: "lan" }, agents: { defaults: { model: "a/b" } } };
    expect(plan({ port: 5, bind: "lan", model: "a/b" }, written)).to.deep.equal(nothing);
  });

  it("puts the model where the configuration has it", () => {
    expect(plan({ model: "a/b" }).edits).to.deep.equal([["agents.defaults.model", "a/b"]]);
    const written = { agents: { defaults: { model: { primary: "x/y", fallbacks: ["f/g"] } } } };
    expect(plan({ model: "a/b" }, written).edits).to.deep.equal([["agents.defaults.model.primary", "a/b"]]);
  });

  it("keeps a key out of the configuration, and lets no older one there count more", () => {
    const answers = { model: "openai/gpt-5", apiKey: "sk-1" };
    expect(plan(answers)).to.deep.equal({
      edits: [["agents.defaults.model", "openai/gpt-5"]],
      variables: { OPENAI_API_KEY: "sk-1" },
    });
    const written = { models: { providers: { openai: { apiKey: "sk-0" } } } };
    expect(plan(answers, written).edits).to.deep.include(["models.providers.openai.apiKey", "${OPENAI_API_KEY}"]);
  });

  it("writes a key into the configuration when that is asked", () => {
    const { edits, variables } = plan({ model: "home/qwen", apiKey: "k", keyPlace: "config", baseUrl: "http://h/v1" });
    expect(edits).to.deep.include.members([
      ["models.providers.home.baseUrl", "http://h/v1"],
      ["models.providers.home.apiKey", "k"],
    ]);
    expect(variables).to.deep.equal({});
  });

  it("keeps token and password in variables", () => {
    expect(plan({ auth: "password", secret: "p" })).to.deep.equal({
      edits: [["gateway.auth.mode", "password"]],
      variables: { OPENCLAW_GATEWAY_PASSWORD: "p" },
    });
    const written = { gateway: { auth: { mode: "token", token: "old" } } };
    expect(plan({ auth: "token", secret: "new" }, written)).to.deep.equal({
      edits: [["gateway.auth.token", "${OPENCLAW_GATEWAY_TOKEN}"]],
      variables: { OPENCLAW_GATEWAY_TOKEN: "new" },
    });
  });
});
