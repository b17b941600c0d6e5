/** A channel's messages over kills at every place where one is taken in: none is lost, none is taken twice. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { type Ingress, Ingress_Outcome as Outcome } from "../../gen/openclaw/gateway/v1/inbound_pb.ts";
import type { Message } from "../../gen/openclaw/gateway/v1/message_pb.ts";
import { Run_State as State } from "../../gen/openclaw/gateway/v1/run_pb.ts";
import type { ReadTables } from "../../src/core/store.ts";
import { TemporaryStore } from "../storage/support/temporary-store.ts";
import { inboundPlaces } from "../support/fault-places.ts";
import { broughtBy, outcomeOf } from "../support/inbound-flood.ts";

const program = join(import.meta.dirname, "harness", "inbound-program.ts");
const total = 40;

/** A network that keeps what was not taken, and brings some again that was. */
class Network {
  /** Name of the ingress, by number of the message; from the first answer on it never changes. */
  readonly taken = new Map<number, string>();
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Runs a process that is killed at the fault point; "-" for one that is not. Returns how it ended. */
  async run(fault: string): Promise<string | number | null> {
    const missing = Array.from({ length: total }, (_, number) => number).find((number) => !this.taken.has(number));
    const first = Math.max(0, (missing ?? total) - 4);
    const child = spawn(process.execPath, [program, this.#dir, fault, String(first), String(total)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    for await (const line of createInterface({ input: child.stdout })) {
      const [number, name = "", outcome] = line.split(" ");
      expect(Number(outcome), `outcome of message ${number}`).to.equal(outcomeOf(Number(number)));
      expect(this.taken.get(Number(number)) ?? name, `the answer to message ${number}`).to.equal(name);
      this.taken.set(Number(number), name);
    }
    const [code, signal] = await exited;
    return signal ?? code;
  }
}

describe("messages of a channel whose gateway is killed", function () {
  this.timeout(60_000);
  let files: TemporaryStore;

  beforeEach(() => {
    files = new TemporaryStore();
  });
  afterEach(() => files.remove());

  for (const [place, hits] of Object.entries(inboundPlaces)) {
    it(`at ${place} are all taken once, in order, and answered`, async () => {
      const network = new Network(files.dir);
      for (const hit of hits) expect(await network.run(`${place}:${hit}`)).to.equal("SIGKILL");
      expect(await network.run("-")).to.equal(0);
      await (await files.open()).read((tables) => checkAll(tables, network));
    });
  }
});

async function checkAll(tables: ReadTables, network: Network): Promise<void> {
  const kept = (await tables.ingress.list({ limit: 1_000 })).reverse();
  expect(kept.map(({ message }) => message?.platformId).sort()).to.deep.equal(
    Array.from({ length: total }, (_, number) => `p${number}`).sort(),
  );
  for (const ingress of kept) {
    const number = Number(ingress.message?.platformId.slice(1));
    expect(ingress.outcome, `outcome of message ${number}`).to.equal(outcomeOf(number));
    expect(network.taken.get(number)).to.equal(ingress.name);
  }
  expectInOrder(kept);
  const messages = await expectAnswered(tables, kept);
  expectSaidOnce(kept, messages);
  await expectAnswersQueuedOnce(tables, kept);
  const commands = kept.filter(({ outcome }) => outcome === Outcome.COMMAND);
  const replies = (await tables.deliveries.list({ limit: 1_000 })).filter(({ delivery }) => delivery.run === "");
  expect(replies).to.have.length(commands.length);
}

/** Ids of ingress go up with time: each conversation's messages were taken in the order they were brought. */
function expectInOrder(kept: readonly Ingress[]): void {
  for (const conversation of new Set(kept.map((ingress) => ingress.conversation))) {
    const own = kept.filter((ingress) => ingress.conversation === conversation);
    const numbers = own.map(({ message }) => Number(message?.platformId.slice(1)));
    expect(numbers, conversation).to.deep.equal(numbers.toSorted((a, b) => a - b));
  }
}

async function expectAnswered(tables: ReadTables, kept: readonly Ingress[]): Promise<Message[]> {
  const messages: Message[] = [];
  for (const { run, transcriptMessage } of kept.filter(({ outcome }) => outcome === Outcome.ACCEPTED)) {
    expect((await tables.runs.find(run))?.run.state, run).to.equal(State.SUCCEEDED);
    messages.push((await tables.messages.find(transcriptMessage)) ?? expect.fail(`${transcriptMessage} is gone`));
  }
  return messages;
}

/** What a run said is on its way once, to the conversation that asked. */
async function expectAnswersQueuedOnce(tables: ReadTables, kept: readonly Ingress[]): Promise<void> {
  for (const { run, conversation } of kept.filter(({ outcome }) => outcome === Outcome.ACCEPTED)) {
    const said = (await tables.runs.find(run))?.run.outputs ?? [];
    const queued = (await tables.deliveries.list({ run, limit: 100 })).map(({ delivery }) => delivery);
    expect(queued.map(({ message }) => message).sort(), run).to.deep.equal([...said].sort());
    for (const delivery of queued) expect(delivery.conversation, delivery.name).to.equal(conversation);
  }
}

/** Every accepted message stands in a transcript; all that was said in the group stands in the context of one of them. */
function expectSaidOnce(kept: readonly Ingress[], messages: readonly Message[]): void {
  const texts = messages.map(({ parts }) => parts.map(({ kind }) => kind.value).join(""));
  const context = messages.flatMap(({ origin }) => origin?.context ?? []).map(({ text }) => text);
  for (const { message, outcome, name } of kept) {
    const text = broughtBy(Number(message?.platformId.slice(1))).text ?? "";
    const times = (list: readonly string[]) => list.filter((other) => other === text).length;
    if (outcome === Outcome.ACCEPTED) expect(times(texts), name).to.equal(1);
    if (outcome === Outcome.CONTEXT) expect(times(context), name).to.be.at.most(1);
  }
}
