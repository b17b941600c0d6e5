import { expect } from "chai";
import type { Message } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import type { ModelApi } from "../../../src/models/model-settings.ts";
import { fakeProviders, type ServedModel, serveModel } from "../../support/fake-model-servers/fake-providers.ts";
import type { FakeTurn } from "../../support/fake-model-servers/fake-turn.ts";
import {
  assistantMessage,
  collect,
  messageOf,
  modelRequest,
  textPart,
  thinkingPart,
  toolMessage,
  toolUsePart,
  userMessage,
  weatherTool,
} from "../../support/model-kit.ts";

const call = { id: "c1", name: "weather", input: { city: "a" } };
const thought: FakeTurn = { thinking: "a tool helps", signature: "SIGNED", text: "I look", toolCalls: [call] };

describe("state of a model", () => {
  let served: ServedModel | undefined;
  afterEach(() => served?.close());

  /** Body of the second call of a turn whose first call answered `turn`. */
  async function secondBody(api: ModelApi, turn: FakeTurn, change?: (message: Message) => Message) {
    served = await serveModel(fakeProviders.find((provider) => provider.api === api)!, [turn, { text: "done" }]);
    const request = modelRequest({ tools: [weatherTool], thinking: "low" });
    const answered = messageOf(await collect(served.model, request));
    const stored = change ? change(answered) : answered;
    const messages = [...request.messages, stored, toolMessage("c1", "sunny")];
    await collect(served.model, { ...request, messages });
    return served.server.requests[1]!.body;
  }

  it("brings Anthropic its signed thought back, before what followed it", async () => {
    const body = await secondBody("anthropic-messages", thought);
    expect(body.messages[1].content).to.deep.equal([
      { type: "thinking", thinking: "a tool helps", signature: "SIGNED" },
      { type: "text", text: "I look" },
      { type: "tool_use", id: "c1", name: "weather", input: { city: "a" } },
    ]);
  });

  it("brings Anthropic a thought back that may not be read", async () => {
    const body = await secondBody("anthropic-messages", { redactedThinking: "OPAQUE", toolCalls: [call] });
    expect(body.messages[1].content[0]).to.deep.equal({ type: "redacted_thinking", data: "OPAQUE" });
  });

  it("brings OpenAI its encrypted thought back, which is stored nowhere else", async () => {
    const body = await secondBody("openai-responses", thought);
    const items = body.input.filter((item: { type?: string }) => item.type === "reasoning");
    expect(items).to.deep.equal([
      {
        type: "reasoning",
        id: "rs_0",
        encrypted_content: "SIGNED",
        summary: [{ type: "summary_text", text: "a tool helps" }],
      },
    ]);
    expect(body.include).to.deep.equal(["reasoning.encrypted_content"]);
  });

  it("brings OpenAI a thought back that has no summary", async () => {
    const body = await secondBody("openai-responses", { signature: "SIGNED", toolCalls: [call] });
    const [item] = body.input.filter(({ type }: { type?: string }) => type === "reasoning");
    expect(item).to.deep.include({ encrypted_content: "SIGNED", summary: [] });
  });

  it("does not send OpenAI a thought it would look for in vain", async () => {
    const body = await secondBody("openai-responses", { thinking: "not encrypted", toolCalls: [call] });
    expect(JSON.stringify(body.input)).not.to.contain("not encrypted");
  });

  it("brings Google the signature of its call back", async () => {
    const body = await secondBody("google-generative-ai", { toolCalls: [{ ...call, signature: "SIGNED" }] });
    expect(body.contents[1].parts[0]).to.deep.include({ thoughtSignature: "SIGNED" });
    expect(body.contents[1].parts[0].functionCall).to.deep.include({ name: "weather", args: { city: "a" } });
  });

  it("brings Google a signature back that came on its own", async () => {
    const body = await secondBody("google-generative-ai", thought);
    expect(body.contents[1].parts.at(-1)).to.deep.equal({ text: "", thoughtSignature: "SIGNED" });
  });

  it("tells a completions server its thoughts of this turn", async () => {
    const body = await secondBody("openai-completions", thought);
    expect(body.messages[2].reasoning_content).to.equal("a tool helps");
  });

  it("does not tell a completions server its thoughts of earlier turns", async () => {
    served = await serveModel(fakeProviders[0]!, [{ text: "ok" }]);
    const state = { model: served.model.reference };
    const earlier = assistantMessage([thinkingPart("old thought", state), textPart("old answer")]);
    const messages = [userMessage("a"), earlier, userMessage("b")];
    await collect(served.model, modelRequest({ messages }));
    const body = JSON.stringify(served.server.requests[0]!.body);
    expect(body).to.contain("old answer");
    expect(body).not.to.contain("old thought");
  });

  for (const { api } of fakeProviders) {
    it(`is not shown to another model (${api})`, async () => {
      const namespaces = ["openai", "anthropic", "google", "compatible"];
      const foreign = { signature: "FOREIGN", reasoningEncryptedContent: "FOREIGN", thoughtSignature: "FOREIGN" };
      const options = Object.fromEntries(namespaces.map((name) => [name, foreign]));
      const state = { model: "other/model", options };
      const body = await secondBody(api, { toolCalls: [call] }, () =>
        assistantMessage([
          thinkingPart("foreign thought", state),
          textPart("said", state),
          toolUsePart("c1", { city: "a" }, state),
        ]),
      );
      expect(JSON.stringify(body)).to.contain("said");
      expect(JSON.stringify(body)).not.to.match(/FOREIGN|foreign thought/);
    });

    it(`of an answer that was cut is not sent back (${api})`, async () => {
      const body = await secondBody(api, thought, (message) => ({ ...message, truncated: true }));
      expect(JSON.stringify(body)).to.contain("I look");
      expect(JSON.stringify(body)).not.to.match(/SIGNED|a tool helps/);
    });
  }
});
