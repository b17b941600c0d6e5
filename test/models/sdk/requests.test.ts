import { expect } from "chai";
import type { ModelRequest } from "../../../src/core/agent/model.ts";
import type { ModelApi, ProviderSettings } from "../../../src/models/model-settings.ts";
import type { FakeRequest } from "../../support/fake-model-servers/fake-model-server.ts";
import {
  fakeKey,
  fakeProviders,
  type ServedModel,
  serveModel,
} from "../../support/fake-model-servers/fake-providers.ts";
import {
  assistantMessage,
  collect,
  modelRequest,
  noteMessage,
  textPart,
  toolMessage,
  toolUsePart,
  userMessage,
  weatherTool,
} from "../../support/model-kit.ts";

const called = [
  userMessage("weather?"),
  assistantMessage([textPart("I look"), toolUsePart("c1", { city: "a" }), toolUsePart("c2", { city: "b" })]),
  toolMessage("c1", "sunny"),
  toolMessage("c2", "no such city", true),
];

describe("requests to providers", () => {
  let served: ServedModel | undefined;
  afterEach(() => served?.close());

  async function send(
    api: ModelApi,
    request: Partial<ModelRequest>,
    settings?: ProviderSettings,
  ): Promise<FakeRequest> {
    const provider = fakeProviders.find((candidate) => candidate.api === api)!;
    served = await serveModel(provider, [{ text: "ok" }], settings);
    await collect(served.model, modelRequest(request));
    return served.server.requests[0]!;
  }

  for (const { api } of fakeProviders) {
    it(`puts the instructions, and nothing else, into the system prompt (${api})`, async () => {
      const messages = [noteMessage("be evil"), userMessage("hello"), noteMessage("be rude")];
      const { body } = await send(api, { instructions: "be kind", messages });
      const everything = JSON.stringify(body);
      const { system, rest } = split(api, body);
      expect(system).to.equal("be kind");
      expect(rest).not.to.contain("be kind");
      expect(rest).to.contain("[note from the gateway, not from the user] be evil");
      expect(everything.indexOf("be evil")).to.be.lessThan(everything.indexOf("be rude"));
    });

    it(`joins neighbours, so that speakers take turns (${api})`, async () => {
      const messages = [
        userMessage("one"),
        userMessage("two"),
        assistantMessage([textPart("three")]),
        userMessage("four"),
      ];
      const { body } = await send(api, { instructions: "", messages });
      const list: { role: string }[] = body.messages ?? body.input ?? body.contents;
      expect(list.map((message) => message.role.replace("model", "assistant"))).to.deep.equal([
        "user",
        "assistant",
        "user",
      ]);
      expect(JSON.stringify(list[0])).to.contain("one\\n\\ntwo");
    });

    it(`tells past tool calls as text where no tool is offered (${api})`, async () => {
      const { body } = await send(api, { messages: called });
      const text = JSON.stringify(body);
      expect(body.tools).to.equal(undefined);
      expect(text).to.contain("[called the tool weather with ");
      expect(text).to.contain("[the tool weather answered: sunny]");
      expect(text).to.contain("[the tool weather failed: no such city]");
      expect(text).not.to.match(/tool_use|tool_call|function_call|functionCall/);
    });

    it(`sends the limit of the call, else the limit configured for the model (${api})`, async () => {
      const limit = (body: Record<string, Record<string, unknown>>): unknown =>
        body.max_tokens ?? body.max_output_tokens ?? body.generationConfig?.maxOutputTokens;
      expect(limit((await send(api, { maxOutputTokens: 77 })).body)).to.equal(77);
      await served?.close();
      const { modelId: id } = fakeProviders.find((provider) => provider.api === api)!;
      expect(limit((await send(api, {}, { models: [{ id, maxOutputTokens: 99 }] })).body)).to.equal(99);
    });

    it(`sends the configured headers and no credential of a keyless provider (${api})`, async () => {
      const { headers } = await send(api, {}, { apiKey: "", headers: { "x-team": "blue" } });
      expect(headers["x-team"]).to.equal("blue");
      expect(headers).not.to.have.any.keys("authorization", "x-api-key", "x-goog-api-key");
    });
  }

  it("carries the key where each provider wants it", async () => {
    const found: Record<string, unknown> = {};
    for (const { api } of fakeProviders) {
      const { headers, path } = await send(api, {});
      found[api] = headers.authorization ?? headers["x-api-key"] ?? headers["x-goog-api-key"];
      expect(path).not.to.contain(fakeKey);
      await served?.close();
    }
    expect(found).to.deep.equal({
      "openai-completions": `Bearer ${fakeKey}`,
      "openai-responses": `Bearer ${fakeKey}`,
      "anthropic-messages": fakeKey,
      "google-generative-ai": fakeKey,
    });
  });

  it("begins with the user when the transcript does not", async () => {
    const messages = [assistantMessage([textPart("hi")]), userMessage("hello")];
    const { body } = await send("anthropic-messages", { messages });
    expect(body.messages.map((message: { role: string }) => message.role)).to.deep.equal(["user", "assistant", "user"]);
  });

  it("leaves out messages and texts that are empty", async () => {
    const messages = [userMessage("hello"), assistantMessage([textPart("")]), userMessage(""), userMessage("again")];
    const { body } = await send("openai-completions", { instructions: "", messages });
    expect(body.messages).to.deep.equal([{ role: "user", content: "hello\n\nagain" }]);
  });

  describe("tools", () => {
    const request = { messages: called, tools: [weatherTool] };

    it("go to completions as tool calls and tool messages", async () => {
      const { body } = await send("openai-completions", request);
      expect(body.tools[0].function).to.include({ name: "weather", description: weatherTool.description });
      expect(body.messages.slice(2)).to.deep.equal([
        {
          role: "assistant",
          content: "I look",
          tool_calls: [
            { id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"a"}' } },
            { id: "c2", type: "function", function: { name: "weather", arguments: '{"city":"b"}' } },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: "sunny" },
        { role: "tool", tool_call_id: "c2", content: "no such city" },
      ]);
    });

    it("go to responses as function calls that are not strict, and nothing is stored", async () => {
      const { body } = await send("openai-responses", request);
      expect(body.store).to.equal(false);
      expect(body.tools[0].strict).to.equal(false);
      expect(body.input.slice(-2)).to.deep.equal([
        { type: "function_call_output", call_id: "c1", output: "sunny" },
        { type: "function_call_output", call_id: "c2", output: '{"error":"no such city"}' },
      ]);
    });

    it("go to Anthropic as one message of results, failures marked", async () => {
      const { body } = await send("anthropic-messages", request);
      const [first, second] = body.messages.at(-1).content;
      expect(body.messages.at(-1).role).to.equal("user");
      expect(first).to.include({ type: "tool_result", tool_use_id: "c1" });
      expect(second).to.include({ type: "tool_result", tool_use_id: "c2", is_error: true });
      expect(body.tools[0]).not.to.have.property("eager_input_streaming");
    });

    it("go to Google as function calls and responses", async () => {
      const { body } = await send("google-generative-ai", request);
      const answers = body.contents.at(-1).parts.map((part: { functionResponse: unknown }) => part.functionResponse);
      expect(answers[0].response).to.deep.include({ content: "sunny" });
      expect(answers[1].response).to.deep.include({ error: "no such city" });
    });
  });

  it("marks for Anthropic's cache what the next call begins with", async () => {
    const { body } = await send("anthropic-messages", { messages: [userMessage("a")] });
    expect(body.system[0].cache_control).to.deep.equal({ type: "ephemeral" });
    expect(body.messages[0].content[0].cache_control).to.deep.equal({ type: "ephemeral" });
  });

  it("always limits Anthropic's answers", async () => {
    const { body } = await send("anthropic-messages", {});
    expect(body.max_tokens).to.be.greaterThan(0);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: bodies of four formats.
function split(api: ModelApi, body: any): { system: string; rest: string } {
  switch (api) {
    case "openai-completions":
      return { system: body.messages[0].content, rest: JSON.stringify(body.messages.slice(1)) };
    case "openai-responses":
      return { system: body.input[0].content, rest: JSON.stringify(body.input.slice(1)) };
    case "anthropic-messages":
      return { system: body.system[0].text, rest: JSON.stringify(body.messages) };
    case "google-generative-ai":
      return { system: body.systemInstruction.parts[0].text, rest: JSON.stringify(body.contents) };
  }
}
