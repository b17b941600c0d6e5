import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { freePort } from "../support/free-port.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { CliRun, callCli, hasTerminal, reach, readCli } from "../support/run-cli.ts";
import { eventually } from "../support/until.ts";

interface Answer {
  readonly run: {
    readonly name: string;
    readonly state: string;
    readonly settings: Record<string, unknown>;
    timeout: string;
  };
  readonly disposition: string;
  readonly message: string;
  readonly text: string;
}

describe("openclaw agent", () => {
  let gateway: GatewayProcess;
  const agent = (...words: string[]) => callCli(gateway, ["agent", ...words]);
  const start = (...words: string[]) => new CliRun(["agent", ...words], { environment: reach(gateway) });
  before(async () => {
    gateway = await startGatewayProcess();
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });

  it("prints the answer and nothing else", async () => {
    expect(await agent("-m", "hello 😀 there")).to.deep.equal({ code: 0, stdout: "hello 😀 there\n", stderr: "" });
  });

  it("prints the answer as it comes", async () => {
    const run = start("--session", "endless", "-m", `/slow 50\n${"word ".repeat(10_000)}`);
    await run.written("word word word");
    const { runs } = await readCli<{ runs: { name: string; state: string }[] }>(gateway, "runs", "list", "endless");
    expect(runs[0]?.state).to.equal("STATE_RUNNING");
    await callCli(gateway, ["runs", "cancel", runs[0]?.name ?? ""]);
    const { code, stderr } = await run.result;
    expect(code).to.equal(1);
    expect(stderr).to.contain("error: the run was cancelled");
  });

  it("reads the message from standard input", async () => {
    const words = "from\nstandard input";
    expect((await callCli(gateway, ["agent", "-m", "-"], { input: words })).stdout).to.equal(`${words}\n`);
  });

  it("sends files with it, which the transcript shows", async () => {
    const path = join(gateway.home, "notes.txt");
    await writeFile(path, "buy milk");
    await agent("--session", "files", "-m", "what is in it?", "--file", path, "--file", path);
    const { stdout } = await callCli(gateway, ["sessions", "history", "files"]);
    expect(stdout.match(/▣ notes\.txt \(text\/plain, 8 bytes\) blobs\/[0-9a-f]{64}/g)).to.have.length(2);
  });

  it("refuses a file that is not there before anything is sent", async () => {
    const { code, stderr } = await agent("--session", "no-file", "-m", "hi", "--file", "/nowhere/x.png");
    expect([code, stderr.split("\n")[0]]).to.deep.equal([2, "error: /nowhere/x.png does not exist"]);
    expect((await callCli(gateway, ["sessions", "show", "no-file"])).code).to.equal(1);
  });

  it("says of a message that is too large that it is, and ends", async () => {
    const { code, stderr } = await callCli(gateway, ["agent", "-m", "-"], { input: "a".repeat(11_000_000) });
    expect([code, stderr]).to.deep.equal([1, "error: the request is larger than 4194304 bytes; send less at a time\n"]);
  });

  it("gives one document with --json", async () => {
    const answer = await readCli<Answer>(gateway, "agent", "-m", "hello", "--thinking", "low", "--timeout-run", "60");
    expect(answer.run).to.include({ state: "STATE_SUCCEEDED", timeout: "60s" });
    expect(answer.run.settings).to.deep.equal({ thinking: "low" });
    expect(answer).to.include({ disposition: "DISPOSITION_STARTED", text: "hello" });
    expect(answer.message).to.match(/^sessions\/main\/messages\//);
  });

  it("makes the session when it is not there, and says so", async () => {
    const { stdout, stderr } = await agent("--session", "brand-new", "-m", "hi");
    expect([stdout, stderr]).to.deep.equal(["hi\n", "(new session brand-new)\n"]);
    expect((await agent("--session", "sessions/brand-new", "-m", "again")).stderr).to.equal("");
  });

  it("exits with 1 and the reason when the run fails", async () => {
    const { code, stdout, stderr } = await agent("-m", "/fail refused\nnever said");
    expect([code, stdout]).to.deep.equal([1, ""]);
    expect(stderr).to.match(/^error: the run failed: model echo\/echo refused the request/);
  });

  it("names the next step when the model cannot be used", async () => {
    const { code, stderr } = await agent("-m", "hi", "--model", "nobody/x", "--json");
    expect(code).to.equal(1);
    const { error } = JSON.parse(stderr);
    expect(error).to.include({ reason: "MODEL_UNUSABLE", next: "see: openclaw models list" });
  });

  it("is refused by a busy session with --queue reject", async () => {
    const busy = start("--session", "busy", "-m", "/slow 20000\nwait");
    await eventually("its run goes on", async () => {
      const { stdout } = await callCli(gateway, ["runs", "list", "busy", "--json"]);
      return stdout.includes("STATE_RUNNING") || undefined;
    });
    const { stderr } = await callCli(gateway, ["agent", "--session", "busy", "-m", "hi", "--queue", "reject"]);
    expect(stderr).to.contain("openclaw runs cancel sessions/busy/runs/");
    busy.child.kill("SIGINT");
    await busy.result;
  });

  it("stops the run on Ctrl+C, says so, and exits with 130", async () => {
    const run = start("--session", "stopped", "-m", `/slow 100\nthis one ${"word ".repeat(1_000)}end`);
    await run.written("this one");
    run.child.kill("SIGINT");
    const { code, stdout, stderr } = await run.result;
    expect(code).to.equal(130);
    expect(stderr).to.contain("(stopping the run; Ctrl+C again leaves at once)").and.to.contain("(stopped)");
    expect(stdout)
      .to.match(/^this one.*\n$/s)
      .and.not.to.contain("end");
    const { runs } = await readCli<{ runs: { state: string; error: { message: string } }[] }>(
      gateway,
      "runs",
      "list",
      "stopped",
    );
    expect(runs[0]).to.have.property("state", "STATE_CANCELLED");
    expect(runs[0]?.error.message).to.contain("interrupted with Ctrl+C");
  });

  it("leaves on the second Ctrl+C even when the gateway does not answer", async function () {
    this.timeout(60_000);
    const other = await startGatewayProcess();
    try {
      const run = new CliRun(["agent", "-m", `/slow 50\none ${"word ".repeat(1_000)}`], { environment: reach(other) });
      await run.written("one");
      process.kill(other.pid, "SIGSTOP");
      run.child.kill("SIGINT");
      await run.written("(stopping the run", "stderr");
      run.child.kill("SIGINT");
      expect((await run.result).code).to.equal(130);
    } finally {
      await other.kill();
      await removeHome(other.home);
    }
  });

  it("loses and repeats no byte when the connection is cut again and again", async function () {
    this.timeout(60_000);
    const proxy = new CuttingProxy(Number(new URL(gateway.url).port));
    await proxy.start();
    try {
      // It goes on for long after the last cut: there is a connection to cut each time.
      const words = Array.from({ length: 400 }, (_, index) => `wörd-${index}-😀`).join(" ");
      const environment = { ...reach(gateway), OPENCLAW_GATEWAY_URL: proxy.url };
      const run = new CliRun(["agent", "--session", "cut", "-m", `/slow 10\n${words}`], { environment });
      for (const word of ["wörd-10", "wörd-40", "wörd-70", "wörd-100"]) {
        await run.written(word);
        proxy.cut();
      }
      expect(await run.result).to.deep.equal({ code: 0, stdout: `${words}\n`, stderr: "(new session cut)\n" });
      expect(proxy.cuts).to.be.at.least(4);
    } finally {
      await proxy.stop();
    }
  });

  it("goes on with the answer when the gateway is killed and started again", async function () {
    this.timeout(60_000);
    const config = { gateway: { port: await freePort() } };
    const first = await startGatewayProcess({ config });
    const words = Array.from({ length: 40 }, (_, index) => `word-${index}`).join(" ");
    const run = new CliRun(["agent", "-m", `/slow 20\n${words}`], { environment: reach(first) });
    await run.written("word-10");
    await first.kill();
    const second = await startGatewayProcess({ home: first.home, config });
    try {
      const { code, stdout } = await run.result;
      expect([code, stdout]).to.deep.equal([0, `${words}\n`]);
    } finally {
      await second.stop();
      await removeHome(first.home);
    }
  });

  it("shows thinking and tool calls in a terminal", async function () {
    if (!hasTerminal()) return this.skip();
    const words = ["agent", "-m", "/think let me see\n/tool current_time {}\nit is", "--no-color"];
    const { stdout } = await callCli(gateway, words, { terminal: true });
    const lines = stdout.replaceAll("\r", "").split("\n");
    expect(lines).to.include("let me see");
    expect(lines.some((line) => line.startsWith("→ current_time {}"))).to.equal(true);
  });
});
