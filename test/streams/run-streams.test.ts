/** Watching runs over connections that break: what a reader puts together equals the transcript, byte for byte. */

import { expect } from "chai";
import { Run_State as State } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import type { GatewayClient } from "../../src/client/gateway-client.ts";
import { RestartingGateway } from "../support/restarting-gateway.ts";
import { keptBlocks, RunReader } from "../support/run-reader.ts";
import { SeededRandom } from "../support/seeded-random.ts";

describe("a run that is watched over a bad connection", function () {
  this.timeout(60_000);
  let gateway: RestartingGateway;

  beforeEach(async () => {
    gateway = await RestartingGateway.start();
  });
  afterEach(() => gateway.close());

  /** Thinks, speaks, calls a tool and speaks again, in letters of one to four bytes. */
  function script(random: SeededRandom, words: number): string {
    const speech = random.text(words).replaceAll("\n", " ");
    return `/think ${random.text(10).replaceAll("\n", " ")}\n/slow 4\n${speech}\n/tool current_time {"timeZone":"Asia/Tokyo"}`;
  }

  async function startRuns(client: GatewayClient, random: SeededRandom, words: number): Promise<string[]> {
    const names: string[] = [];
    for (let count = 0; count < 3; count++) {
      const { session } = await client.sessions.createSession({});
      const parts = [{ kind: { case: "text" as const, value: script(random, words) } }];
      const { run } = await client.runs.createRun({ parent: session?.name ?? "", parts });
      names.push(run?.name ?? "");
    }
    return names;
  }

  it("is read whole, each byte once, though client and network cut it at random", async () => {
    const random = new SeededRandom();
    const client = gateway.client();
    gateway.proxy.nextLimit = () => (random.chance(0.5) ? random.between(50, 3_000) : undefined);
    const cutter = setInterval(() => random.chance(0.3) && gateway.proxy.cut(), 50);
    try {
      // A machine may be quick or lucky enough that nobody is cut off often: then once more.
      for (let most = 0; most <= 3; ) {
        const names = await startRuns(gateway.direct(), random, 150);
        const readers = names.flatMap((name) => [1, 2, 3].map(() => new RunReader(name, random)));
        const runs = await Promise.all(readers.map((reader) => reader.read(client)));
        for (const [index, reader] of readers.entries()) {
          const run = runs[index] ?? expect.fail("no run");
          expect(run.state, `seed ${random.seed}`).to.equal(State.SUCCEEDED);
          expect(reader.blocks(), `seed ${random.seed}`).to.deep.equal(await keptBlocks(gateway.direct(), run));
          expect(new Set(reader.changes), `seed ${random.seed}`).to.deep.equal(new Set(["append"]));
        }
        most = Math.max(...readers.map(({ streams }) => streams));
      }
    } finally {
      clearInterval(cutter);
    }
  });

  it("is read whole though the gateway is killed, stopped and started again meanwhile", async () => {
    const random = new SeededRandom();
    const client = gateway.client();
    const names = await startRuns(gateway.direct(), random, 250);
    const readers = names.flatMap((name) => [1, 2].map(() => new RunReader(name, random)));
    const reading = Promise.all(readers.map((reader) => reader.read(client)));
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      await new Promise((resolve) => setTimeout(resolve, random.between(100, 600)));
      await gateway.restart(signal);
    }
    const runs = await reading;
    for (const [index, reader] of readers.entries()) {
      const run = runs[index] ?? expect.fail("no run");
      expect(run, `seed ${random.seed}`).to.include({ state: State.SUCCEEDED });
      expect(reader.blocks(), `seed ${random.seed}`).to.deep.equal(await keptBlocks(gateway.direct(), run));
      expect(reader.changes, `seed ${random.seed}`).not.to.include("gap");
    }
  });

  it("is read whole when it is stopped in the middle of a word", async () => {
    const random = new SeededRandom();
    const client = gateway.direct();
    // Each goes on for much longer than it takes to stop them all.
    const names = await startRuns(client, random, 4_000);
    const readers = names.map((name) => new RunReader(name, random));
    const reading = Promise.all(readers.map((reader) => reader.read(client)));
    for (const name of names) {
      await new Promise((resolve) => setTimeout(resolve, random.between(50, 200)));
      await client.runs.cancelRun({ name });
    }
    const runs = await reading;
    for (const [index, reader] of readers.entries()) {
      const run = runs[index] ?? expect.fail("no run");
      expect(run.state).to.equal(State.CANCELLED);
      expect(reader.blocks(), `seed ${random.seed}`).to.deep.equal(await keptBlocks(client, run));
    }
  });

  it("ends for the client's own follower like for everybody, with the same text", async () => {
    const random = new SeededRandom();
    const client = gateway.client();
    const [name = ""] = await startRuns(gateway.direct(), random, 150);
    gateway.proxy.nextLimit = () => (random.chance(0.8) ? random.between(50, 2_000) : undefined);
    const blocks = new Map<number, string>();
    for await (const step of client.followRun(name)) {
      if (step.kind === "append") blocks.set(step.block, (blocks.get(step.block) ?? "") + step.text);
      else if (step.kind === "replace") expect.fail(`seed ${random.seed}: nothing was lost, yet a block was replaced`);
    }
    const { run } = await gateway.direct().runs.getRun({ name });
    const kept = await keptBlocks(gateway.direct(), run ?? expect.fail("no run"));
    const read = [...blocks].map(([block, text]) => [block, Buffer.from(text).toString("hex")]);
    expect(read, `seed ${random.seed}`).to.deep.equal(kept.map(([block, , hex]) => [block, hex]));
  });
});
