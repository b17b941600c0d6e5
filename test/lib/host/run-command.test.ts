import { expect } from "chai";
import { commandRunner } from "../../../src/lib/host/run-command.ts";

describe("commandRunner", () => {
  const run = commandRunner({ PATH: process.env.PATH, WORD: "hello", LC_ALL: "de_DE.UTF-8" }, 10_000);
  const node = (code: string, runner = run) => runner(process.execPath, ["-e", code]);

  it("tells how a program ended and what it wrote", async () => {
    expect(await node("console.log('out'); console.error('err'); process.exitCode = 3")).to.deep.equal({
      code: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect(await node("")).to.deep.equal({ code: 0, stdout: "", stderr: "" });
  });

  it("gives it exactly its variables, and English", async () => {
    const { stdout } = await node("console.log(process.env.WORD, process.env.LC_ALL, process.env.HOME)");
    expect(stdout).to.equal("hello C undefined\n");
  });

  it("has no exit code for a program that is not there, or that was ended", async () => {
    expect((await run("openclaw-no-such-program", [])).code).to.equal(undefined);
    expect((await node("process.kill(process.pid, 'SIGKILL')")).code).to.equal(undefined);
    expect((await node("setTimeout(() => {}, 60_000)", commandRunner({}, 100))).code).to.equal(undefined);
  });

  it("passes words on as they are", async () => {
    const words = ["a b", "$HOME", "'", '"', "*", ""];
    const { stdout } = await run(process.execPath, [
      "-e",
      "console.log(JSON.stringify(process.argv.slice(1)))",
      "--",
      ...words,
    ]);
    expect(JSON.parse(stdout)).to.deep.equal(words);
  });
});
