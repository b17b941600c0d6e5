/** Explanations: the same path from whichever name on it. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { ModelSchema } from "../../../gen/openclaw/gateway/v1/agent_pb.ts";
import { DeliverySchema, Delivery_State as Sending } from "../../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { IngressSchema, Ingress_Outcome as Outcome } from "../../../gen/openclaw/gateway/v1/inbound_pb.ts";
import { RunSchema, Run_State as State } from "../../../gen/openclaw/gateway/v1/run_pb.ts";
import { Failure } from "../../../src/core/errors.ts";
import { Explain, type Explanation } from "../../../src/core/explain/explain.ts";
import { type CoreProcess, startCore } from "../../support/core-process.ts";

const startMs = Date.UTC(2026, 10, 22, 12);
const at = (ms: number) => timestampFromMs(startMs + ms);
const run = "sessions/main/runs/01KRNRNRNRNRNRNRNRNRNRNRNR";
/** A run nobody remembers, which said something. */
const answered = "sessions/main/runs/01KANSWEREDANSWEREDANSWERE";
const ingress = "channels/test/ingress/01KNGRESSNGRESSNGRESSNGRES";
const refused = "channels/test/ingress/01KNGRESSNGRESSNGRESSNGRE2";
const deliveries = ["01KDEVERYDEVERYDEVERYDEVE0", "01KDEVERYDEVERYDEVERYDEVE1"].map(
  (id) => `channels/test/deliveries/${id}`,
);

describe("an explanation", () => {
  let stateDir: string;
  let running: CoreProcess;
  const explain = (name: string): Promise<Explanation> => running.core.explain.explain(name);

  before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), "openclaw-explain-"));
    running = await startCore(stateDir, { nowMs: () => startMs }, {});
    await write();
  });
  after(async () => {
    await running.stop();
    await rm(stateDir, { recursive: true });
  });

  for (const [what, name] of [
    ["its ingress", ingress],
    ["its run", run],
    ["a delivery", deliveries[1] ?? ""],
    ["the id of its run", run.slice(-26)],
    ["the id of a delivery", deliveries[0]?.slice(-26) ?? ""],
    ["the id of its ingress", ingress.slice(-26)],
  ] as const) {
    it(`tells the whole path from ${what}`, async () => {
      const { steps } = await explain(name);
      expect(steps.map(({ kind, text }) => `${kind}: ${text}`)).to.deep.equal([
        "accepted: test brought m1 from Mia in #room",
        "access: admitted by allowFrom",
        "route: bindings[0] (peer) chose sessions/main",
        "queued: a run was made in sessions/main, asked by channels/test/senders/mia",
        "started: work began after waiting 5 ms",
        "model: echo/echo answered: 10 tokens in (2 cached), 7 out",
        "ended: the run succeeded after 20 ms",
        "delivery: a message was queued for channels/test/conversations/room, piece 1 of 2",
        "delivery: a message was queued for channels/test/conversations/room, piece 2 of 2",
        "sent: the network took it after 2 tries, 70 ms as p1, p2",
        "unsent: it failed after 3 tries: the network said no",
      ]);
    });
  }

  it("tells what the run cost where the configuration says what its model costs", async () => {
    const price = { input: 1_000, output: 10_000, cached: 0 };
    const models = { list: () => [create(ModelSchema, { reference: "echo/echo", price })] };
    const { dollars, steps } = await new Explain(running.store, models).explain(run);
    expect(dollars).to.be.closeTo(0.078, 1e-9);
    const kinds = steps.map(({ kind }) => kind);
    expect(kinds.slice(kinds.indexOf("model"), kinds.indexOf("ended") + 1)).to.deep.equal(["model", "cost", "ended"]);
    expect(steps.find(({ kind }) => kind === "cost")?.text).to.equal("that cost about $0.08");
  });

  it("calls what nobody's run said a message, and what one said an answer", async () => {
    const kind = { case: "message" as const, value: { text: "hello" } };
    const conversation = "channels/test/conversations/mia";
    const name = (end: string): string => `channels/test/deliveries/01KDREKTDREKTDREKTDREKTDR${end}`;
    await running.store.transact(async (tables) => {
      for (const [end, of] of [
        ["0", ""],
        ["1", answered],
      ] as const) {
        const delivery = create(DeliverySchema, { name: name(end), conversation, action: { kind }, run: of });
        await tables.deliveries.insert({ delivery, position: 2, batch: name(end) });
      }
    });
    const queued = async (end: string) => (await explain(name(end))).steps.map(({ text }) => text).at(-1);
    expect(await queued("0")).to.equal(`a message was queued for ${conversation}`);
    expect(await queued("1")).to.equal(`an answer was queued for ${conversation}`);
  });

  it("names what did not arrive", async () => {
    expect((await explain(run)).conclusion).to.equal(
      "Answered. 1 of 2 sent; 01KDEVERYDEVERYDEVERYDEVE1 was not: the network said no.",
    );
  });

  it("says why nobody answers a message that was suppressed", async () => {
    const { steps, conclusion } = await explain(refused);
    expect(steps.map((step) => step.kind)).to.deep.equal(["accepted", "access"]);
    expect(conclusion).to.equal("Suppressed (dmPolicy=disabled: direct messages are off).");
  });

  it("fails for what does not exist, and for what is no name at all", async () => {
    expect((await failureOf(explain("sessions/main/runs/none"))).message).to.equal(
      "sessions/main/runs/none does not exist",
    );
    expect((await failureOf(explain("01K00000000000000000000000"))).message).to.contain("does not exist");
    expect((await failureOf(explain("hello"))).violations[0]?.field).to.equal("name");
  });

  async function write(): Promise<void> {
    await running.store.transact(async (tables) => {
      const error = { message: "the network said no" };
      const end = { state: State.SUCCEEDED, startTime: at(5), endTime: at(25), attempt: 1 };
      const usage = { inputTokens: 10n, outputTokens: 7n, cachedTokens: 2n };
      await tables.runs.insert({
        run: create(RunSchema, {
          ...{
            name: run,
            model: "echo/echo",
            usage,
            createTime: at(0),
            creator: "channels/test/senders/mia",
            generation: 1,
          },
          ...{ ...end, deliverTo: "channels/test/conversations/room" },
        }),
        ...{ epoch: 1, rank: 1, readyTimeMs: 0, inputBytes: 0, collecting: false },
      });
      const message = { platformId: "m1", senderTitle: "Mia", address: "#room" };
      const conversation = "channels/test/conversations/room";
      const admitted = {
        outcome: Outcome.ACCEPTED,
        rule: "allowFrom",
        route: "bindings[0] (peer)",
        session: "sessions/main",
      };
      const base = { conversation, message, createTime: at(0) };
      await tables.ingress.insert({
        ingress: create(IngressSchema, { name: ingress, ...base, ...admitted, run }),
        ...{ key: "m1", waits: false },
      });
      const suppressed = { outcome: Outcome.SUPPRESSED, rule: "dmPolicy=disabled", reason: "direct messages are off" };
      await tables.ingress.insert({
        ingress: create(IngressSchema, { name: refused, ...base, ...suppressed }),
        ...{ key: "m2", waits: false },
      });
      const sent = {
        state: Sending.SENT,
        attempts: 2,
        platformIds: ["p1", "p2"],
        createTime: at(30),
        endTime: at(100),
      };
      const failed = { state: Sending.FAILED, attempts: 3, error, createTime: at(30), endTime: at(200) };
      for (const [chunk, outcome] of [sent, failed].entries()) {
        const name = deliveries[chunk] ?? "";
        await tables.deliveries.insert({
          delivery: create(DeliverySchema, { name, conversation, run, chunk, chunkCount: 2, ...outcome }),
          ...{ position: 1, batch: deliveries[0] ?? "" },
        });
      }
    });
  }
});

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
