import { expect } from "chai";
import type { ModelSettings } from "../../src/models/model-settings.ts";
import { providerIds, resolveProvider } from "../../src/models/resolve-endpoint.ts";

function endpoint(providerId: string, settings: ModelSettings) {
  return resolveProvider(providerId, settings)?.endpoint;
}

function problem(providerId: string, settings: ModelSettings): string | undefined {
  return resolveProvider(providerId, settings)?.unusableReason;
}

describe("resolveProvider", () => {
  it("knows the built-in providers and the configured ones", () => {
    const providers = { mine: { baseUrl: "http://10.0.0.1/v1" } };
    expect(providerIds({ providers })).to.deep.equal([
      "anthropic",
      "google",
      "lmstudio",
      "mine",
      "ollama",
      "openai",
      "vllm",
    ]);
  });

  it("knows nothing of others", () => {
    expect(resolveProvider("nobody", {})).to.equal(undefined);
    expect(resolveProvider("constructor", {})).to.equal(undefined);
  });

  it("takes keys from the environment", () => {
    const environment = { OPENAI_API_KEY: "o", ANTHROPIC_API_KEY: " a\n", GOOGLE_API_KEY: "g" };
    expect(endpoint("openai", { environment })?.apiKey).to.equal("o");
    expect(endpoint("anthropic", { environment })?.apiKey).to.equal("a");
    expect(endpoint("google", { environment })?.apiKey).to.equal("g");
  });

  it("prefers GEMINI_API_KEY of the names Google's key has", () => {
    const environment = { GOOGLE_GENERATIVE_AI_API_KEY: "3", GOOGLE_API_KEY: "2", GEMINI_API_KEY: "1" };
    expect(endpoint("google", { environment })?.apiKey).to.equal("1");
  });

  it("prefers a configured key", () => {
    const settings = { providers: { openai: { apiKey: "mine" } }, environment: { OPENAI_API_KEY: "other" } };
    expect(endpoint("openai", settings)?.apiKey).to.equal("mine");
  });

  it("derives the variable's name from a configured provider's id", () => {
    const providers = { "open-router": { baseUrl: "https://or.example/v1" } };
    expect(endpoint("open-router", { providers, environment: { OPEN_ROUTER_API_KEY: "k" } })?.apiKey).to.equal("k");
    expect(problem("open-router", { providers })).to.equal(
      "set models.providers.open-router.apiKey or OPEN_ROUTER_API_KEY",
    );
  });

  it("says which key is missing", () => {
    expect(problem("openai", {})).to.equal("set models.providers.openai.apiKey or OPENAI_API_KEY");
    expect(problem("anthropic", {})).to.equal("set models.providers.anthropic.apiKey or ANTHROPIC_API_KEY");
    expect(problem("google", {})).to.equal("set models.providers.google.apiKey or GEMINI_API_KEY");
  });

  it("says which variable a key refers to in vain", () => {
    const providers = { openai: { apiKey: "${MY_KEY}" } };
    expect(problem("openai", { providers })).to.equal(
      "models.providers.openai.apiKey refers to MY_KEY, which is not set in the environment; set it",
    );
  });

  it("refuses a key that cannot be sent, without showing it", () => {
    const found = problem("openai", { providers: { openai: { apiKey: "sk-1\nsk-2" } } });
    expect(found).to.equal("models.providers.openai.apiKey holds characters no key has; copy it again");
  });

  it("needs no key on this machine or a private network", () => {
    for (const id of ["ollama", "lmstudio", "vllm"]) expect(endpoint(id, {})?.local).to.equal(true);
    const providers = { mine: { baseUrl: "http://192.168.1.5:8080/v1" }, openai: { baseUrl: "http://localhost:1/v1" } };
    expect(endpoint("mine", { providers })).to.include({ apiKey: "", local: true, api: "openai-completions" });
    expect(endpoint("openai", { providers })).to.include({ apiKey: "", local: true, api: "openai-responses" });
  });

  it("needs no key when headers are configured", () => {
    const providers = { mine: { baseUrl: "https://api.example.com", headers: { authorization: "Basic x" } } };
    expect(endpoint("mine", { providers })?.headers).to.deep.equal({ authorization: "Basic x" });
  });

  it("says that an address is missing or wrong", () => {
    const providers = { none: {}, wrong: { baseUrl: "file:///etc" }, worse: { baseUrl: "not an address" } };
    expect(problem("none", { providers })).to.contain("set models.providers.none.baseUrl");
    expect(problem("wrong", { providers })).to.contain(
      "models.providers.wrong.baseUrl is not an http or https address",
    );
    expect(problem("worse", { providers })).to.contain(
      "models.providers.worse.baseUrl is not an http or https address",
    );
  });

  it("waits longer for a local provider, and as long as it is told", () => {
    const key = { apiKey: "k" };
    expect(endpoint("openai", { providers: { openai: key } })?.idleTimeoutMs).to.equal(120_000);
    expect(endpoint("ollama", {})?.idleTimeoutMs).to.equal(300_000);
    expect(endpoint("ollama", { providers: { ollama: { timeoutSeconds: 900 } } })?.idleTimeoutMs).to.equal(900_000);
  });

  it("lets configured models replace built-in ones of the same name", () => {
    const models = [{ id: "gpt-5", contextTokens: 1 }, { id: "gpt-new" }];
    const found = resolveProvider("openai", { providers: { openai: { models } } })?.models ?? [];
    expect(found.slice(0, 2)).to.deep.equal(models);
    expect(found.filter((model) => model.id === "gpt-5")).to.have.length(1);
    expect(found.some((model) => model.id === "gpt-5-mini")).to.equal(true);
  });
});
