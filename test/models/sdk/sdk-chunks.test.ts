import { expect } from "chai";
import { Run_StopReason } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import type { ModelChunk } from "../../../src/core/agent/model.ts";
import {
  BrokenAnswerError,
  ChunkMaker,
  malformedInputKey,
  StreamPartError,
} from "../../../src/models/sdk/sdk-chunks.ts";
import type { SdkStreamPart } from "../../../src/models/sdk/sdk-provider.ts";
import { fakeProviders, serveModel } from "../../support/fake-model-servers/fake-providers.ts";
import { collect, modelRequest, only } from "../../support/model-kit.ts";

const model = "fake/model";

function chunksOf(...parts: SdkStreamPart[]): ModelChunk[] {
  const maker = new ChunkMaker(model);
  return parts.flatMap((part) => [...maker.take(part)]);
}

function toolCall(input: string, toolCallId = "c1"): SdkStreamPart {
  return { type: "tool-call", toolCallId, toolName: "weather", input };
}

function finish(unified: "stop" | "other" | "error" | "interrupted", total?: number): SdkStreamPart {
  const inputTokens = { total, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
  const outputTokens = { total, text: undefined, reasoning: undefined };
  return { type: "finish", finishReason: { unified, raw: undefined }, usage: { inputTokens, outputTokens } };
}

describe("ChunkMaker", () => {
  it("makes a new block when a package uses an id again", () => {
    const chunks = chunksOf(
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: "a" },
      { type: "text-end", id: "0" },
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: "b" },
    );
    expect(only(chunks, "text").map((chunk) => chunk.block)).to.deep.equal(["1", "2"]);
  });

  it("splits blocks that a package interleaves", () => {
    const chunks = chunksOf(
      { type: "text-start", id: "0" },
      { type: "text-delta", id: "0", delta: "a" },
      { type: "reasoning-start", id: "0" },
      { type: "reasoning-delta", id: "0", delta: "hm" },
      { type: "text-delta", id: "0", delta: "b" },
      { type: "reasoning-end", id: "0" },
      { type: "text-end", id: "0" },
    );
    const seen = chunks.map((chunk) => ("block" in chunk ? `${chunk.kind} ${chunk.block}` : chunk.kind));
    expect(seen).to.deep.equal(["text 1", "thinking 2", "state 2", "text 3"]);
  });

  it("merges the state of a block's events", () => {
    const chunks = chunksOf(
      { type: "reasoning-start", id: "0", providerMetadata: { anthropic: { a: 1 } } },
      { type: "reasoning-delta", id: "0", delta: "hm", providerMetadata: { anthropic: { signature: "S" } } },
      { type: "reasoning-end", id: "0", providerMetadata: { other: { b: 2 } } },
    );
    const options = { anthropic: { a: 1, signature: "S" }, other: { b: 2 } };
    expect(only(chunks, "state")).to.deep.equal([{ kind: "state", block: "1", state: { model, options } }]);
  });

  it("gives a thought without text a block, so that its state has a place", () => {
    const chunks = chunksOf(
      { type: "reasoning-start", id: "0", providerMetadata: { anthropic: { redactedData: "D" } } },
      { type: "reasoning-end", id: "0" },
    );
    expect(chunks.map((chunk) => chunk.kind)).to.deep.equal(["thinking", "state"]);
  });

  it("leaves out blocks that say nothing", () => {
    const options = { openai: { itemId: "msg_1" } };
    const chunks = chunksOf(
      { type: "text-start", id: "0", providerMetadata: options },
      { type: "text-end", id: "0" },
      { type: "reasoning-start", id: "1" },
      { type: "reasoning-end", id: "1" },
    );
    expect(chunks).to.deep.equal([]);
  });

  it("ignores events it has no chunk for", () => {
    expect(chunksOf({ type: "stream-start", warnings: [] }, { type: "ping" })).to.deep.equal([]);
  });

  it("takes empty arguments for an empty input", () => {
    const inputs = only(chunksOf(toolCall(""), toolCall(" "), toolCall("{}"), toolCall("null")), "toolUse");
    expect(inputs.map((chunk) => chunk.input)).to.deep.equal([{}, {}, {}, {}]);
  });

  it("shows arguments that are no JSON object as they are, under a key of their own", () => {
    const inputs = only(chunksOf(toolCall('{"city": "Kö'), toolCall("[1]"), toolCall('"x"')), "toolUse");
    expect(inputs.map((chunk) => chunk.input)).to.deep.equal([
      { [malformedInputKey]: '{"city": "Kö' },
      { [malformedInputKey]: "[1]" },
      { [malformedInputKey]: '"x"' },
    ]);
  });

  it("makes ids that any provider takes", () => {
    const ids = only(
      chunksOf(toolCall("{}", "functions.weather:0"), toolCall("{}", "x".repeat(200)), toolCall("{}", "")),
      "toolUse",
    );
    expect(ids.map((chunk) => chunk.callId)).to.deep.equal(["functions_weather_0", "x".repeat(56), "call"]);
  });

  it("counts nothing where the provider counted nothing", () => {
    const [chunk] = only(chunksOf(finish("other")), "finish");
    expect(chunk).to.deep.include({ stopReason: Run_StopReason.END });
    expect(chunk!.usage).to.deep.equal({ inputTokens: 0n, outputTokens: 0n, cachedTokens: 0n });
  });

  it("survives counts that are no whole numbers", () => {
    expect(only(chunksOf(finish("stop", 2.5)), "finish")[0]!.usage.inputTokens).to.equal(2n);
  });

  it("throws when the answer was interrupted", () => {
    expect(() => chunksOf(finish("interrupted"))).to.throw(BrokenAnswerError);
    expect(() => chunksOf(finish("error"))).to.throw(BrokenAnswerError);
  });

  it("throws what an error event says", () => {
    const error = { message: "boom" };
    expect(() => chunksOf({ type: "error", error }))
      .to.throw(StreamPartError)
      .with.property("error", error);
  });
});

describe("malformed arguments of a tool call", () => {
  for (const provider of fakeProviders.filter(({ api }) => api !== "google-generative-ai")) {
    it(`do not break the answer (${provider.api})`, async () => {
      const turn = { text: "wait", toolCalls: [{ id: "c1", name: "weather", input: '{"city": "K' }] };
      const served = await serveModel(provider, [turn]);
      try {
        const chunks = await collect(served.model, modelRequest());
        expect(only(chunks, "toolUse")[0]!.input).to.deep.equal({ [malformedInputKey]: '{"city": "K' });
        expect(only(chunks, "finish")).to.have.length(1);
      } finally {
        await served.close();
      }
    });
  }
});
