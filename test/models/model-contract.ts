/** What every model must do, whoever is behind it. */

import { expect } from "chai";
import { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Run_StopReason } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import type { Model, ModelChunk, ModelRequest } from "../../src/core/agent/model.ts";
import type { FakeTurn } from "../support/fake-model-servers/fake-turn.ts";
import {
  collect,
  failureOf,
  joined,
  messageOf,
  modelRequest,
  never,
  only,
  toolMessage,
  userMessage,
  weatherTool,
} from "../support/model-kit.ts";

/** A failure every model can be made to have. */
export type ContractFailure = "overloaded" | "unavailable" | "refused" | "key" | "context";

/** A model that was told what to answer. */
export interface PreparedModel {
  readonly model: Model;
  /** Makes it answer the first of the turns. */
  readonly request: ModelRequest;
  close(): Promise<void>;
}

/** How to get a model that answers in a known way. */
export interface ContractSubject {
  readonly name: string;
  /** A model that answers with these turns, one a call. */
  prepare(turns: readonly FakeTurn[]): Promise<PreparedModel>;
  prepareFailure(failure: ContractFailure): Promise<PreparedModel>;
}

/** Declares the suite for one subject. */
export function describeModelContract(subject: ContractSubject): void {
  describe(`model contract: ${subject.name}`, () => {
    let prepared: PreparedModel | undefined;
    const prepare = async (...turns: FakeTurn[]): Promise<PreparedModel> => {
      prepared = await subject.prepare(turns);
      return prepared;
    };
    const answer = async (turn: FakeTurn): Promise<ModelChunk[]> => {
      const { model, request } = await prepare(turn);
      return await collect(model, { ...request, tools: [weatherTool], thinking: "low" });
    };
    afterEach(async () => {
      await prepared?.close();
      prepared = undefined;
    });

    describeAnswers(answer);
    describeSteps(prepare);
    describeEndings(prepare, async (failure) => {
      prepared = await subject.prepareFailure(failure);
      return prepared;
    });
  });
}

function describeAnswers(answer: (turn: FakeTurn) => Promise<ModelChunk[]>): void {
  it("streams text in pieces that join to the whole", async () => {
    const chunks = await answer({ text: "the quick  brown\nfox 🦊 jumps" });
    expect(joined(chunks, "text")).to.equal("the quick  brown\nfox 🦊 jumps");
    expect(only(chunks, "text").length).to.be.greaterThan(1);
  });

  it("thinks before it answers, in a block of its own", async () => {
    const chunks = await answer({ thinking: "let me see", text: "two words" });
    const thinking = only(chunks, "thinking");
    const text = only(chunks, "text");
    expect(joined(chunks, "thinking")).to.equal("let me see");
    expect(chunks.indexOf(thinking.at(-1)!)).to.be.lessThan(chunks.indexOf(text[0]!));
    expect(thinking[0]!.block).not.to.equal(text[0]!.block);
  });

  it("asks for a tool with its input", async () => {
    const chunks = await answer({ toolCalls: [{ id: "c1", name: "weather", input: { city: "Köln", days: [1, 2] } }] });
    const [use] = only(chunks, "toolUse");
    expect(use).to.deep.include({ tool: "weather", input: { city: "Köln", days: [1, 2] } });
    expect(use!.callId).not.to.equal("");
  });

  it("asks for several tools in one answer, each with an id of its own", async () => {
    const calls = ["a", "b", "c"].map((city, index) => ({ id: `c${index}`, name: "weather", input: { city } }));
    const uses = only(await answer({ text: "looking", toolCalls: calls }), "toolUse");
    expect(uses.map((use) => use.input.city)).to.deep.equal(["a", "b", "c"]);
    expect(new Set(uses.map((use) => use.callId)).size).to.equal(3);
  });

  it("does not come back to a block it has left", async () => {
    const chunks = await answer({
      thinking: "hm",
      text: "one two",
      toolCalls: [{ id: "c", name: "weather", input: {} }],
    });
    const blocks = chunks.map((chunk) => ("block" in chunk ? chunk.block : chunk.kind));
    const changes = blocks.filter((block, index) => block !== blocks[index - 1]);
    expect(new Set(changes).size).to.equal(changes.length);
  });

  it("ends with its one finish chunk", async () => {
    const chunks = await answer({ text: "done" });
    expect(only(chunks, "finish")).to.have.length(1);
    expect(chunks.at(-1)).to.deep.include({ kind: "finish", stopReason: Run_StopReason.END });
  });

  it("says that it ended well when it asks for a tool", async () => {
    const chunks = await answer({ toolCalls: [{ id: "c1", name: "weather", input: {} }] });
    expect(only(chunks, "finish")[0]!.stopReason).to.equal(Run_StopReason.END);
  });

  it("counts the tokens it read and wrote", async () => {
    const [finish] = only(await answer({ text: "some words", usage: { input: 11, output: 3 } }), "finish");
    expect(Number(finish!.usage.inputTokens)).to.be.greaterThan(0);
    expect(Number(finish!.usage.outputTokens)).to.be.greaterThan(0);
    expect(typeof finish!.usage.cachedTokens).to.equal("bigint");
  });
}

function describeSteps(prepare: (...turns: FakeTurn[]) => Promise<PreparedModel>): void {
  it("goes on after a tool has answered", async () => {
    const first = {
      thinking: "a tool",
      signature: "sig",
      toolCalls: [{ id: "c1", name: "weather", input: { city: "a" } }],
    };
    const { model, request } = await prepare(first, { text: "it is sunny" });
    const asked = await collect(model, { ...request, tools: [weatherTool] });
    const { callId } = only(asked, "toolUse")[0]!;
    const messages = [...request.messages, messageOf(asked), toolMessage(callId, "it is sunny")];
    const answered = await collect(model, { ...request, messages, tools: [weatherTool] });
    expect(joined(answered, "text")).to.equal("it is sunny");
  });

  it("answers the next message of a conversation", async () => {
    const { model, request } = await prepare({ text: "first answer" }, { text: "second" });
    const first = await collect(model, request);
    const messages = [...request.messages, messageOf(first), userMessage("second")];
    expect(joined(await collect(model, modelRequest({ messages })), "text")).to.equal("second");
  });

  it("serves several calls at once", async () => {
    const { model, request } = await prepare({ text: "the same for all" });
    const answers = await Promise.all(Array.from({ length: 8 }, () => collect(model, request)));
    expect(answers.map((chunks) => joined(chunks, "text"))).to.deep.equal(new Array(8).fill("the same for all"));
  });
}

function describeEndings(
  prepare: (...turns: FakeTurn[]) => Promise<PreparedModel>,
  prepareFailure: (failure: ContractFailure) => Promise<PreparedModel>,
): void {
  it("is known by its reference", async () => {
    const { model } = await prepare({ text: "x" });
    expect(model.reference).to.match(/^[^/]+\/.+$/);
  });

  it("says when its answer was cut by the limit", async () => {
    const { model, request } = await prepare({ text: "a few words", stop: "length" });
    const chunks = await collect(model, { ...request, maxOutputTokens: 1 });
    expect(only(chunks, "finish")[0]!.stopReason).to.equal(Run_StopReason.MAX_TOKENS);
  });

  it("does nothing when the signal has aborted before", async () => {
    const { model, request } = await prepare({ text: "x" });
    const reason = new Error("cancelled before");
    const outcome = await collect(model, request, AbortSignal.abort(reason)).catch((error: unknown) => error);
    expect(outcome).to.equal(reason);
  });

  it("stops with the signal's reason in the middle of an answer", async () => {
    const { model, request } = await prepare({ text: "one two three four five six seven", pauseMs: 20 });
    const abort = new AbortController();
    const reason = new Error("cancelled meanwhile");
    const seen: ModelChunk[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of model.stream(request, abort.signal)) {
        seen.push(chunk);
        abort.abort(reason);
      }
    };
    expect(await read().catch((error: unknown) => error)).to.equal(reason);
    expect(joined(seen, "text")).not.to.contain("seven");
  });

  it("can be left in the middle of an answer and called again", async () => {
    const { model, request } = await prepare({ text: "one two three" });
    for await (const _ of model.stream(request, never)) break;
    expect(joined(await collect(model, request), "text")).to.equal("one two three");
  });

  const reasons = {
    overloaded: ErrorReason.MODEL_OVERLOADED,
    unavailable: ErrorReason.MODEL_UNAVAILABLE,
    refused: ErrorReason.MODEL_REFUSED,
    key: ErrorReason.MODEL_KEY_REFUSED,
    context: ErrorReason.CONTEXT_FULL,
  } as const;
  for (const [failure, reason] of Object.entries(reasons) as [ContractFailure, ErrorReason][]) {
    it(`fails in a way that says it is ${failure}`, async () => {
      const { model, request } = await prepareFailure(failure);
      const failed = await failureOf(model, request);
      expect(failed.reason).to.equal(reason);
      expect(failed.message).to.contain(model.reference);
    });
  }
}
