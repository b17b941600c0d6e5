/** What is sent over kills at every place of its way: none is lost, none is sent twice, and what nobody knows is shown. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { type Delivery, Delivery_State as State } from "../../gen/openclaw/gateway/v1/delivery_pb.ts";
import { TemporaryStore } from "../storage/support/temporary-store.ts";
import { outboxPlaces } from "../support/fault-places.ts";

const program = join(import.meta.dirname, "harness", "outbox-program.ts");
const total = 24;

describe("deliveries of a gateway that is killed", function () {
  this.timeout(60_000);
  let files: TemporaryStore;
  let accepted: Set<number>;

  beforeEach(() => {
    files = new TemporaryStore();
    accepted = new Set();
  });
  afterEach(() => files.remove());

  /** Runs a process that queues what was not acknowledged; answers how it ended. */
  const run = async (fault: string): Promise<unknown> => {
    const first = Math.max(-1, ...accepted) + 1;
    const file = join(files.dir, "network");
    const child = spawn(process.execPath, [program, files.dir, fault, String(first), String(total), file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    for await (const line of createInterface({ input: child.stdout })) accepted.add(Number(line));
    const [code, signal] = await exited;
    return signal ?? code;
  };
  const told = (): string[] => {
    const file = join(files.dir, "network");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  };
  const textOf = ({ action }: Delivery): string => (action?.kind.case === "message" ? action.kind.value.text : "");

  for (const [place, hits] of Object.entries(outboxPlaces)) {
    it(`at ${place} are sent once, in order, or shown as ambiguous`, async () => {
      for (const hit of hits) expect(await run(`${place}:${hit}`)).to.equal("SIGKILL");
      expect(await run("-")).to.equal(0);
      const found = await (await files.open()).read(({ deliveries }) => deliveries.list({ limit: 1_000 }));
      const kept = found.map(({ delivery }) => delivery).reverse();
      const lines = told();
      expect(new Set(kept.map(textOf)), "what was accepted is kept").to.include.all.keys([...accepted].map(String));
      for (const delivery of kept) {
        const address = delivery.conversation.split("/").at(-1);
        const times = lines.filter((line) => line === `${address} ${textOf(delivery)}`).length;
        const copies = kept.filter((other) => textOf(other) === textOf(delivery)).length;
        if (delivery.state === State.AMBIGUOUS) expect(times).to.be.at.most(copies);
        else expect([delivery.state, times], textOf(delivery)).to.deep.equal([State.SENT, copies]);
      }
      const doubtful = kept.filter(({ state }) => state === State.AMBIGUOUS).length;
      expect(doubtful, "at most what was being sent at a kill").to.be.at.most(hits.length * 3);
      for (const address of ["a", "b", "c"]) {
        const numbers = lines.filter((line) => line.startsWith(address)).map((line) => Number(line.slice(2)));
        expect(numbers, `order in ${address}`).to.deep.equal(numbers.toSorted((one, other) => one - other));
      }
    });
  }
});
