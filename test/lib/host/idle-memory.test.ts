import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";

const module = join(import.meta.dirname, "../../../src/lib/host/idle-memory.ts");

/** Runs a program that has IdleMemory, `busy()`, `garbage()` and `usedMb()`; returns what it writes as JSON. */
async function run(program: string): Promise<unknown> {
  const source = `
    import { setTimeout as pause } from "node:timers/promises";
    import { IdleMemory } from ${JSON.stringify(module)};
    const usedMb = () => process.memoryUsage().heapTotal / 2 ** 20;
    const garbage = () => { globalThis.kept = Array.from({ length: 1e6 }, (_, index) => ({ index })); delete globalThis.kept; };
    const until = async (isTrue) => { while (!isTrue()) await pause(10); };
    ${program}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", source]);
  return JSON.parse(stdout);
}

describe("memory of an idle process", () => {
  const options = "{ intervalMs: 20, idleCpuMs: 15, worthCpuMs: 30 }";

  it("is given back after every busy time", async () => {
    const used = await run(`
      const memory = new IdleMemory(${options});
      const used = [];
      for (let time = 0; time < 2; time++) {
        garbage();
        used.push(usedMb() > 30);
        await until(() => usedMb() < 15);
        used.push(usedMb() > 30);
      }
      memory.stop();
      console.log(JSON.stringify(used));`);
    expect(used).to.deep.equal([true, false, true, false]);
  });

  it("stays where it is after the end was asked for", async () => {
    const used = await run(`
      new IdleMemory(${options}).stop();
      garbage();
      await pause(300);
      console.log(usedMb());`);
    expect(used).to.be.greaterThan(30);
  });

  it("does not keep the process alive", async () => {
    expect(await run(`new IdleMemory(); console.log(1);`)).to.equal(1);
  });
});
