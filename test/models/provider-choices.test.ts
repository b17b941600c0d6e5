/** What somebody who sets a gateway up is told of the providers to choose from. */

import { expect } from "chai";
import type { ModelSettings } from "../../src/models/model-settings.ts";
import { providerChoices } from "../../src/models/provider-choices.ts";

describe("providerChoices", () => {
  const choice = (id: string, settings: ModelSettings = {}) => providerChoices(settings).find((one) => one.id === id);

  it("knows which built-in providers need a key, and where it is looked for", () => {
    expect(choice("google")).to.include({ keyVariable: "GEMINI_API_KEY", needsKey: true, usable: false });
    expect(choice("ollama")).to.include({ keyVariable: "OLLAMA_API_KEY", needsKey: false, usable: true });
  });

  it("asks for no key of a built-in server that needs none, wherever it is", () => {
    const ollama = { baseUrl: "https://ollama.example.com/v1" };
    expect(choice("ollama", { providers: { ollama } })).to.include({ needsKey: false, usable: true });
  });

  it("says that a key is there, and recommends a model first", () => {
    const found = choice("anthropic", { environment: { ANTHROPIC_API_KEY: "key" } });
    expect(found).to.include({ needsKey: true, usable: true });
    expect(found?.models[0]).to.equal("claude-opus-5-5");
  });

  it("asks for no key of a server nearby that was set up without one", () => {
    const home = { baseUrl: "http://192.168.1.4:8000/v1", models: [{ id: "qwen3" }] };
    const expected = { id: "home", keyVariable: "HOME_API_KEY", needsKey: false, usable: true, models: ["qwen3"] };
    expect(choice("home", { providers: { home } })).to.deep.equal(expected);
    expect(choice("home", { providers: { home: { ...home, apiKey: "key" } } })?.needsKey).to.equal(true);
  });

  it("asks for the key of a server elsewhere", () => {
    const far = { baseUrl: "https://api.example.com/v1" };
    expect(choice("far", { providers: { far } })).to.include({ needsKey: true, usable: false });
  });
});
