import { expect } from "chai";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { callCli, readCli } from "../support/run-cli.ts";

interface Explanation {
  readonly run: { readonly name: string; readonly state: string };
  readonly steps: readonly { readonly kind: string; readonly subject: string }[];
  readonly conclusion: string;
}

describe("openclaw explain", () => {
  let gateway: GatewayProcess;
  let run: string;
  before(async () => {
    gateway = await startGatewayProcess();
    const answer = await readCli<{ run: { name: string } }>(gateway, "agent", "-m", "hello");
    run = answer.run.name;
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });

  it("tells the path of a run step by step, by its name and by its id", async () => {
    const { code, stdout } = await callCli(gateway, ["explain", run]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z\n/);
    const kinds = [...stdout.matchAll(/^ *\+\d+ ms {2}(\w+)/gm)].map(([, kind]) => kind);
    expect(kinds).to.deep.equal(["accepted", "queued", "started", "model", "ended"]);
    expect(stdout.trimEnd().split("\n").at(-1)).to.equal("Answered; the answer is in the transcript.");
    expect((await callCli(gateway, ["explain", run.slice(-26)])).stdout).to.equal(stdout);
  });

  it("gives the resources with --json", async () => {
    const explanation = await readCli<Explanation>(gateway, "explain", run);
    expect(explanation.run).to.include({ name: run, state: "STATE_SUCCEEDED" });
    expect(explanation.steps.map((step) => step.kind)).to.include("model");
    expect(explanation.conclusion).to.match(/^Answered/);
  });

  it("exits with 1 for what does not exist and for what is no name, with 2 without one", async () => {
    const missing = await callCli(gateway, ["explain", "sessions/main/runs/01K00000000000000000000000"]);
    expect([missing.code, missing.stderr.split("\n")[0]]).to.deep.equal([
      1,
      "error: sessions/main/runs/01K00000000000000000000000 does not exist",
    ]);
    const wrong = await callCli(gateway, ["explain", "hello"]);
    expect([wrong.code, wrong.stderr]).to.deep.equal([
      1,
      'error: name: "hello" is no message, run, delivery or ingress, and no id of one of the last three\n',
    ]);
    expect((await callCli(gateway, ["explain"])).code).to.equal(2);
  });
});
