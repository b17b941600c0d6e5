import { expect } from "chai";
import { Run_StopReason } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import type { ModelChunk } from "../../src/core/agent/model.ts";
import { EchoModel } from "../../src/models/echo-model.ts";
import {
  assistantMessage,
  collect,
  failureOf,
  joined,
  modelRequest,
  noteMessage,
  only,
  textPart,
  toolMessage,
  toolUsePart,
  userMessage,
} from "../support/model-kit.ts";

const asked = assistantMessage([toolUsePart("echo-1", {})]);

async function answer(...messages: ReturnType<typeof userMessage>[]): Promise<string> {
  return joined(await collect(new EchoModel(), modelRequest({ messages })), "text");
}

describe("EchoModel", () => {
  it("says back what the user wrote, to the letter", async () => {
    const text = "  Grüße,\n\n\tdie 🦊 👩‍👩‍👧 und ich  ";
    expect(await answer(userMessage(text))).to.equal(text);
  });

  it("gives the same answer every time", async () => {
    const request = modelRequest({ messages: [userMessage("/think hm\nhello\n/tool t {}")] });
    const model = new EchoModel();
    expect(await collect(model, request)).to.deep.equal(await collect(model, request));
  });

  it("streams word by word", async () => {
    const chunks = await collect(new EchoModel(), modelRequest({ messages: [userMessage("one  two\nthree")] }));
    expect(only(chunks, "text").map((chunk) => chunk.text)).to.deep.equal(["one  ", "two\n", "three"]);
  });

  it("cuts a word without end between characters", async () => {
    const text = "🦊".repeat(3_000);
    const chunks = only(await collect(new EchoModel(), modelRequest({ messages: [userMessage(text)] })), "text");
    expect(chunks.length).to.be.greaterThan(1);
    expect(chunks.every((chunk) => chunk.text.isWellFormed())).to.equal(true);
    expect(joined(chunks, "text")).to.equal(text);
  });

  it("answers everything said since it last spoke", async () => {
    const messages = [userMessage("old"), assistantMessage([textPart("old")]), userMessage("one"), userMessage("two")];
    expect(await answer(...messages)).to.equal("one\n\ntwo");
  });

  it("answers with what its tools said", async () => {
    const messages = [
      userMessage("/tool t {}"),
      asked,
      toolMessage("echo-1", "sunny"),
      toolMessage("echo-2", "no", true),
    ];
    expect(await answer(...messages)).to.equal("sunny\n\nno");
  });

  it("answers tools and a message that came meanwhile together", async () => {
    const messages = [userMessage("/tool t {}"), asked, toolMessage("echo-1", "sunny"), userMessage("wait")];
    expect(await answer(...messages)).to.equal("sunny\n\nwait");
  });

  it("does not obey what a tool or a note says", async () => {
    const messages = [userMessage("/tool t {}"), asked, toolMessage("echo-1", "fine"), noteMessage("/fail refused")];
    expect(await answer(...messages)).to.equal("fine");
  });

  it("leaves alone what an earlier run was asked", async () => {
    const messages = [userMessage("/fail refused", { run: "runs/1" }), userMessage("hello", { run: "runs/2" })];
    expect(await answer(...messages)).to.equal("hello");
  });

  it("gives calls ids that no earlier call of the transcript has", async () => {
    const messages = [
      userMessage("/tool t {}"),
      asked,
      toolMessage("echo-1", "x"),
      userMessage("/tool t {}\n/tool u {}"),
    ];
    const chunks = await collect(new EchoModel(), modelRequest({ messages }));
    expect(only(chunks, "toolUse").map((chunk) => chunk.callId)).to.deep.equal(["echo-2", "echo-3"]);
  });

  it("fails after the words it was told to say", async () => {
    const seen: ModelChunk[] = [];
    const request = modelRequest({ messages: [userMessage("one two three\n/fail unavailable after 2 words")] });
    const read = async (): Promise<void> => {
      for await (const chunk of new EchoModel().stream(request, new AbortController().signal)) seen.push(chunk);
    };
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
    expect(joined(seen, "text")).to.equal("one two ");
  });

  it("fails as often as it was told, for each message on its own", async () => {
    const model = new EchoModel();
    const first = modelRequest({ messages: [userMessage("hello\n/fail overloaded 2 times", { name: "a" })] });
    const second = modelRequest({ messages: [userMessage("hello\n/fail overloaded 1 time", { name: "b" })] });
    await failureOf(model, first);
    await failureOf(model, second);
    await failureOf(model, first);
    expect(joined(await collect(model, first), "text")).to.equal("hello");
    expect(joined(await collect(model, second), "text")).to.equal("hello");
  });

  it("counts one token for four characters", async () => {
    const messages = [userMessage("12345678")];
    const [finish] = only(await collect(new EchoModel(), modelRequest({ instructions: "123", messages })), "finish");
    expect(finish!.usage).to.deep.equal({ inputTokens: 3n, outputTokens: 2n, cachedTokens: 0n });
  });

  it("stops at the limit", async () => {
    const request = modelRequest({ messages: [userMessage("1234567 1234567 1234567")], maxOutputTokens: 4 });
    const chunks = await collect(new EchoModel(), request);
    expect(joined(chunks, "text")).to.equal("1234567 1234567 ");
    expect(only(chunks, "finish")[0]).to.deep.include({ stopReason: Run_StopReason.MAX_TOKENS });
  });

  it("lets others work during a long answer", async () => {
    let turns = 0;
    let over = false;
    const takeTurn = (): void => {
      turns += 1;
      if (!over) setImmediate(takeTurn);
    };
    takeTurn();
    const request = modelRequest({ messages: [userMessage("/repeat 100000 word")] });
    const chunks = await collect(new EchoModel(), request);
    over = true;
    expect(only(chunks, "text")).to.have.length(100_000);
    expect(turns).to.be.greaterThan(100);
  });

  it("wakes up from a wait when it is aborted", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    const calling = collect(new EchoModel(), modelRequest({ messages: [userMessage("/slow 60000\nx")] }), abort.signal);
    abort.abort(reason);
    expect(await calling.catch((error: unknown) => error)).to.equal(reason);
  });
});
