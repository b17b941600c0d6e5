import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { expect } from "chai";
import { Delta_Channel, Run_State, ToolCall_State } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import {
  RunService,
  type WatchRunRequest,
  type WatchRunResponseSchema,
} from "../../gen/openclaw/gateway/v1/run_service_pb.ts";
import { createGatewayClient, gatewayErrorFrom, type RunStep, RunText } from "../../src/client/gateway-client.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { gatewayFailure, starting, TestGateway } from "../support/test-gateway.ts";

const name = "sessions/main/runs/01";
const { TEXT, THINKING } = Delta_Channel;
const encoder = new TextEncoder();

interface Block {
  channel: Delta_Channel;
  draft: number;
  text: string;
}

/** A run as a gateway keeps it: what each reader is sent depends on what it holds. */
class FakeRun {
  blocks: Block[] = [];
  /** Called with each request before it is answered. */
  onWatch: (request: WatchRunRequest) => void = () => {};
  /** Called before each delta. */
  onDelta: () => void | Promise<void> = () => {};
  requests: WatchRunRequest[] = [];
  endState: Run_State = Run_State.SUCCEEDED;

  async *watch(request: WatchRunRequest): AsyncGenerator<MessageInitShape<typeof WatchRunResponseSchema>> {
    this.requests.push(request);
    this.onWatch(request);
    yield { frame: { case: "run", value: { name, state: Run_State.RUNNING } } };
    const toolCall = { name: `${name}/toolCalls/1`, tool: "clock", state: ToolCall_State.STARTED };
    yield { frame: { case: "toolCall", value: toolCall } };
    for (let block = 0; block < this.blocks.length; block += 1) {
      const { channel, draft, text } = this.blocks[block]!;
      const held = request.held.find((other) => other.block === block && other.draft === draft);
      let offset = Number(held?.bytes ?? 0n);
      const rest = new TextDecoder().decode(encoder.encode(text).subarray(offset));
      for (const piece of rest.match(/.{1,7}/gsu) ?? []) {
        await this.onDelta();
        yield {
          frame: {
            case: "delta",
            value: { run: name, block, channel, draft, offset: BigInt(offset), text: piece },
          },
        };
        offset += encoder.encode(piece).length;
      }
    }
    yield { frame: { case: "message", value: { name: "sessions/main/messages/2" } } };
    yield { frame: { case: "run", value: { name, state: this.endState } } };
  }
}

let run = new FakeRun();
let closed = Promise.withResolvers<void>();
const gateway = new TestGateway((router) => {
  router.service(RunService, {
    async *watchRun(request, context) {
      context.signal.addEventListener("abort", () => closed.resolve());
      yield* run.watch(request);
    },
  });
});

/** A number generator that gives the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function story(random: () => number, length: number): string {
  const words = ["plain ", "ünïcode ", "😀👩‍👩‍👧 ", "数字\n", "\u0000nul ", "a"];
  let text = "";
  while (text.length < length) text += words[Math.floor(random() * words.length)];
  return text;
}

/** What a reader that only prints has on its screen: dropped blocks are gone, everything else was printed once. */
function printed(steps: readonly RunStep[]): string[] {
  const blocks: string[] = [];
  for (const step of steps) {
    if (step.kind === "replace") blocks.length = step.block;
    if (step.kind === "append" || step.kind === "replace") blocks[step.block] = (blocks[step.block] ?? "") + step.text;
  }
  return blocks;
}

async function collect(steps: AsyncIterable<RunStep>): Promise<RunStep[]> {
  const all: RunStep[] = [];
  for await (const step of steps) all.push(step);
  return all;
}

describe("followRun", () => {
  let url: string;
  before(async () => {
    url = await gateway.start();
  });
  after(() => gateway.stop());
  beforeEach(() => {
    run = new FakeRun();
    closed = Promise.withResolvers<void>();
  });

  it("ends after the terminal state", async () => {
    run.blocks = [{ channel: TEXT, draft: 1, text: "hello" }];
    const steps = await collect(createGatewayClient({ url }).followRun(name));
    expect(steps.map((step) => step.kind)).to.deep.equal(["run", "toolCall", "append", "message", "run"]);
    expect(steps.at(-1)).to.have.nested.property("run.state", Run_State.SUCCEEDED);
  });

  it("gives a failed run as data", async () => {
    run.endState = Run_State.FAILED;
    const steps = await collect(createGatewayClient({ url }).followRun(name));
    expect(steps.at(-1)).to.have.nested.property("run.state", Run_State.FAILED);
  });

  for (const seed of [1, 2, 3, 4]) {
    it(`yields every byte once when the connection is cut at random bytes (seed ${seed})`, async () => {
      const random = randomFrom(seed);
      run.blocks = [
        { channel: THINKING, draft: 1, text: story(random, 300) },
        { channel: TEXT, draft: 1, text: story(random, 900) },
        { channel: TEXT, draft: 3, text: story(random, 300) },
      ];
      const proxy = new CuttingProxy(gateway.port);
      proxy.nextLimit = () => 300 + Math.floor(random() * 6_000);
      await proxy.start();
      try {
        const steps = await collect(createGatewayClient({ url: proxy.url }).followRun(name));
        expect(printed(steps)).to.deep.equal(run.blocks.map((block) => block.text));
        expect(steps.some((step) => step.kind === "replace")).to.equal(false);
        expect(steps.filter((step) => step.kind === "toolCall")).to.have.length(1);
        expect(proxy.cuts).to.be.greaterThan(1);
      } finally {
        await proxy.stop();
      }
    });
  }

  it("asks only for the bytes it does not hold", async () => {
    run.blocks = [{ channel: TEXT, draft: 5, text: "äbcdefg and the rest" }];
    let deltas = 0;
    run.onDelta = () => {
      deltas += 1;
      if (deltas === 2) throw starting();
    };
    await collect(createGatewayClient({ url }).followRun(name));
    expect(run.requests[1]?.held.map(({ block, draft, bytes }) => ({ block, draft, bytes }))).to.deep.equal([
      { block: 0, draft: 5, bytes: 8n },
    ]);
  });

  it("replaces what an abandoned draft said", async () => {
    const second = [
      { channel: THINKING, draft: 1, text: "thought" },
      { channel: TEXT, draft: 2, text: "a new answer" },
    ];
    run.blocks = [second[0]!, { channel: TEXT, draft: 1, text: "an old answer, longer" }];
    let deltas = 0;
    run.onDelta = () => {
      deltas += 1;
      if (deltas !== 3) return;
      run.blocks = second;
      throw starting();
    };
    const steps = await collect(createGatewayClient({ url }).followRun(name));
    expect(printed(steps)).to.deep.equal(["thought", "a new answer"]);
    expect(steps.filter((step) => step.kind === "replace")).to.have.length(1);
  });

  it("opens the stream again when bytes are missing", async () => {
    run.blocks = [{ channel: TEXT, draft: 1, text: "whole" }];
    run.onWatch = (request) => {
      if (run.requests.length === 1)
        request.held.push({
          $typeName: "openclaw.gateway.v1.WatchRunRequest.HeldBlock",
          block: 0,
          draft: 1,
          bytes: 3n,
        });
    };
    const steps = await collect(createGatewayClient({ url }).followRun(name));
    expect(printed(steps)).to.deep.equal(["whole"]);
    expect(run.requests).to.have.length(2);
  });

  it("opens the stream again after a silence", async () => {
    run.blocks = [{ channel: TEXT, draft: 1, text: "finally" }];
    run.onDelta = () => (run.requests.length === 1 ? new Promise(() => {}) : undefined);
    const steps = await collect(createGatewayClient({ url }).followRun(name, { silenceMs: 400 }));
    expect(printed(steps)).to.deep.equal(["finally"]);
    expect(run.requests).to.have.length(2);
  });

  it("throws what the gateway refuses, without another try", async () => {
    run.onWatch = () => {
      throw gatewayFailure(Code.NotFound, "NOT_FOUND");
    };
    const failure = await collect(createGatewayClient({ url }).followRun(name)).catch(gatewayErrorFrom);
    expect(failure).to.include({ code: Code.NotFound, reason: "NOT_FOUND" });
    expect(run.requests).to.have.length(1);
  });

  it("throws when the gateway stays away longer than its patience", async () => {
    run.onWatch = () => {
      throw starting();
    };
    const failure = await collect(createGatewayClient({ url }).followRun(name, { patienceMs: 1_000 })).catch(
      gatewayErrorFrom,
    );
    expect(failure).to.include({ code: Code.Unavailable, reason: "STARTING" });
    expect(run.requests.length).to.be.greaterThan(1);
  });

  it("ends without an error when the caller aborts", async () => {
    run.blocks = [{ channel: TEXT, draft: 1, text: "hello" }];
    run.onDelta = () => new Promise(() => {});
    const abort = new AbortController();
    const seen: string[] = [];
    for await (const step of createGatewayClient({ url }).followRun(name, { signal: abort.signal })) {
      seen.push(step.kind);
      if (step.kind === "toolCall") abort.abort();
    }
    expect(seen).to.deep.equal(["run", "toolCall"]);
  });

  it("closes its stream when the reader leaves", async () => {
    run.blocks = [{ channel: TEXT, draft: 1, text: "hello, and then nothing for a long time" }];
    let deltas = 0;
    run.onDelta = () => {
      deltas += 1;
      return deltas === 2 ? new Promise(() => {}) : undefined;
    };
    for await (const step of createGatewayClient({ url }).followRun(name)) if (step.kind === "append") break;
    // The stream never ends by itself: only the reader's leaving fires the server's signal.
    await closed.promise;
  });

  it("feeds a RunText of the caller's own to the same text", async () => {
    run.blocks = [{ channel: TEXT, draft: 1, text: "same 😀 text" }];
    const text = new RunText();
    for await (const { frame } of createGatewayClient({ url }).runs.watchRun({ name })) {
      if (frame.case === "delta") text.apply(frame.value);
    }
    expect(text.text(TEXT)).to.equal("same 😀 text");
  });
});
