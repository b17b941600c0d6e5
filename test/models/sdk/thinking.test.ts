import { expect } from "chai";
import type { Thinking } from "../../../src/core/agent/model.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { createModelCatalog } from "../../../src/models/model-catalog.ts";
import type { ModelApi } from "../../../src/models/model-settings.ts";
import type { FakeModelServer } from "../../support/fake-model-servers/fake-model-server.ts";
import { fakeProviders } from "../../support/fake-model-servers/fake-providers.ts";
import {
  assistantMessage,
  collect,
  modelRequest,
  toolMessage,
  toolUsePart,
  userMessage,
  weatherTool,
} from "../../support/model-kit.ts";

interface Case {
  readonly api: ModelApi;
  readonly model: string;
  readonly thinking: Thinking | undefined;
  readonly sends: object;
}

/** The part of each body that is about thinking. */
// biome-ignore lint/suspicious/noExplicitAny: bodies of four formats.
const aboutThinking: Record<ModelApi, (body: any) => object> = {
  "openai-completions": ({ reasoning_effort }) => (reasoning_effort === undefined ? {} : { reasoning_effort }),
  "openai-responses": ({ reasoning }) => reasoning ?? {},
  "anthropic-messages": ({ thinking, output_config }) => ({ ...thinking, ...output_config }),
  "google-generative-ai": ({ generationConfig }) => generationConfig?.thinkingConfig ?? {},
};

const completions = { api: "openai-completions", model: "local-model" } as const;
const gpt = { api: "openai-responses", model: "gpt-5.1" } as const;
const plainGpt = { api: "openai-responses", model: "gpt-4.1" } as const;
const budgetClaude = { api: "anthropic-messages", model: "claude-sonnet-4-5" } as const;
const adaptiveClaude = { api: "anthropic-messages", model: "claude-sonnet-4-6" } as const;
const budgetGemini = { api: "google-generative-ai", model: "gemini-2.5-flash" } as const;
const levelGemini = { api: "google-generative-ai", model: "gemini-3-pro-preview" } as const;

const cases: readonly Case[] = [
  { ...completions, thinking: undefined, sends: {} },
  { ...completions, thinking: "off", sends: {} },
  { ...completions, thinking: "minimal", sends: { reasoning_effort: "low" } },
  { ...completions, thinking: "high", sends: { reasoning_effort: "high" } },
  { ...gpt, thinking: undefined, sends: {} },
  { ...gpt, thinking: "off", sends: { effort: "none" } },
  { ...gpt, thinking: "medium", sends: { effort: "medium", summary: "auto" } },
  { ...plainGpt, thinking: "high", sends: {} },
  { ...budgetClaude, thinking: undefined, sends: {} },
  { ...budgetClaude, thinking: "off", sends: { type: "disabled" } },
  { ...budgetClaude, thinking: "high", sends: { type: "enabled", budget_tokens: 38_400 } },
  { ...adaptiveClaude, thinking: "high", sends: { type: "adaptive", display: "summarized", effort: "high" } },
  { ...budgetGemini, thinking: undefined, sends: {} },
  { ...budgetGemini, thinking: "off", sends: { thinkingBudget: 0 } },
  { ...levelGemini, thinking: "low", sends: { thinkingLevel: "low", includeThoughts: true } },
];

describe("thinking", () => {
  let server: FakeModelServer | undefined;
  afterEach(() => server?.close());

  async function send(api: ModelApi, providerId: string, model: string, request: Parameters<typeof modelRequest>[0]) {
    server = await fakeProviders.find((provider) => provider.api === api)!.start();
    const providers = { [providerId]: { baseUrl: server.url, api, apiKey: "key" } };
    const catalog = createModelCatalog({ providers }, systemClock);
    await collect(await catalog.get(`${providerId}/${model}`), modelRequest(request));
    catalog.close();
    return aboutThinking[api](server.requests[0]!.body);
  }

  for (const { api, model, thinking, sends } of cases) {
    it(`${thinking ?? "unset"} is sent to ${api} as ${model} wants it`, async () => {
      expect(await send(api, "fake", model, { thinking })).to.deep.equal(sends);
    });
  }

  it("off is said to Ollama, which knows the word", async () => {
    const sent = await send("openai-completions", "ollama", "qwen3", { thinking: "off" });
    expect(sent).to.deep.equal({ reasoning_effort: "none" });
  });

  it("stays off at Anthropic in a turn that another model began, for it would refuse", async () => {
    const foreign = assistantMessage([toolUsePart("c1", {}, { model: "openai/gpt-5" })]);
    const request = { messages: [userMessage("hi"), foreign, toolMessage("c1", "ok")], tools: [weatherTool] };
    const sent = await send("anthropic-messages", "fake", "claude-sonnet-4-5", { ...request, thinking: "high" });
    expect(sent).to.deep.equal({ type: "disabled" });
  });

  it("goes on at Anthropic in a turn of its own", async () => {
    const own = assistantMessage([toolUsePart("c1", {}, { model: "fake/claude-sonnet-4-5" })]);
    const request = { messages: [userMessage("hi"), own, toolMessage("c1", "ok")], tools: [weatherTool] };
    const sent = await send("anthropic-messages", "fake", "claude-sonnet-4-5", { ...request, thinking: "high" });
    expect(sent).to.include({ type: "enabled" });
  });
});
