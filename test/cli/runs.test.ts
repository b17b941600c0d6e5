import { expect } from "chai";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { CliRun, callCli, reach, readCli } from "../support/run-cli.ts";

interface Run {
  readonly name: string;
  readonly state: string;
  readonly error?: { readonly message: string };
}

describe("openclaw runs", () => {
  let gateway: GatewayProcess;
  let done: string;
  const cli = (...words: string[]) => callCli(gateway, ["runs", ...words]);
  const start = (...words: string[]) => new CliRun(words, { environment: reach(gateway) });
  before(async () => {
    gateway = await startGatewayProcess();
    const ask = (...words: string[]) => readCli<{ run: Run }>(gateway, "agent", "-m", ...words);
    done = (await ask("hello 😀")).run.name;
    await ask("other", "--session", "other");
    await callCli(gateway, ["agent", "-m", "/fail refused"]);
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });
  const id = (name: string): string => name.split("/").at(-1) ?? "";

  it("list shows the newest first, of one session or all", async () => {
    const { runs } = await readCli<{ runs: Run[] }>(gateway, "runs", "list");
    expect(runs.map(({ name, state }) => [name.split("/")[1], state])).to.deep.equal([
      ["main", "STATE_FAILED"],
      ["other", "STATE_SUCCEEDED"],
      ["main", "STATE_SUCCEEDED"],
    ]);
    expect((await readCli<{ runs: Run[] }>(gateway, "runs", "list", "other")).runs).to.have.length(1);
  });

  it("list filters by state and prints a table", async () => {
    const { stdout } = await cli("list", "--state", "failed");
    const [head, row, ...more] = stdout.trimEnd().split("\n");
    expect(head).to.match(/^RUN +SESSION +STATE /);
    expect(row).to.contain("failed").and.to.contain("refused the request");
    expect(more).to.deep.equal([]);
  });

  it("show takes a name, a name without its beginning, or an id alone", async () => {
    for (const word of [done, `main/${id(done)}`, id(done), id(done).toLowerCase()]) {
      expect(await readCli(gateway, "runs", "show", word)).to.include({ name: done });
    }
  });

  it("show says that there is no such run", async () => {
    const { code, stderr } = await cli("show", "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    expect([code, stderr]).to.deep.equal([
      1,
      "error: there is no run 01ARZ3NDEKTSV4RRFFQ69G5FAV\n  next: see: openclaw runs list\n",
    ]);
  });

  it("watch prints what a run said", async () => {
    expect(await cli("watch", id(done))).to.deep.equal({ code: 0, stdout: "hello 😀\n", stderr: "" });
  });

  it("watch prints one line of JSON a step", async () => {
    const { stdout } = await cli("watch", done, "--json");
    const steps = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const text = steps.map((step) => step.append?.text ?? "").join("");
    expect(text).to.equal("hello 😀");
    expect(steps.at(-1).run).to.include({ name: done, state: "STATE_SUCCEEDED" });
  });

  it("watch follows a run that goes on, and exits with 1 when it is cancelled", async () => {
    const agent = start("agent", "--session", "long", "-m", `/slow 50\n${"word ".repeat(10_000)}`);
    await agent.written("word word");
    const { runs } = await readCli<{ runs: Run[] }>(gateway, "runs", "list", "long");
    const watch = start("runs", "watch", runs[0]?.name ?? "");
    await watch.written("word word word");
    const { code, stdout } = await cli("cancel", runs[0]?.name ?? "", "--reason", "enough of that");
    expect([code, stdout]).to.deep.equal([0, `${runs[0]?.name} is cancelled\n`]);
    for (const result of await Promise.all([watch.result, agent.result])) {
      expect([result.code, result.stderr]).to.satisfy(([ended, text]: [number, string]) => {
        return ended === 1 && text.includes("the run was cancelled: enough of that");
      });
    }
  });

  it("watch leaves the run alone on Ctrl+C", async () => {
    const agent = start("agent", "--session", "left", "-m", `/slow 50\n${"word ".repeat(10_000)}`);
    await agent.written("word word");
    const { runs } = await readCli<{ runs: Run[] }>(gateway, "runs", "list", "left");
    const name = runs[0]?.name ?? "";
    const watch = start("runs", "watch", name);
    await watch.written("word");
    watch.child.kill("SIGINT");
    expect((await watch.result).code).to.equal(130);
    expect(await readCli(gateway, "runs", "show", name)).to.include({ state: "STATE_RUNNING" });
    await cli("cancel", name);
    await agent.result;
  });

  it("cancel leaves a run that is over as it is", async () => {
    expect((await cli("cancel", done)).stdout).to.equal(`${done} is succeeded\n`);
  });
});
