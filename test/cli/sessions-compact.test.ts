/** `openclaw sessions compact`. */

import { expect } from "chai";
import { createGatewayClient } from "../../src/client/gateway-client.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { callCli, readCli } from "../support/run-cli.ts";

describe("openclaw sessions compact", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;

  before(async () => {
    gateway = await startGatewayProcess();
    const client = createGatewayClient({ url: gateway.url, token: gateway.token });
    for (const text of ["one", "two", "three", "four", "five"]) {
      const parts = [{ kind: { case: "text" as const, value: text } }];
      const { run } = await client.runs.createRun({ parent: "sessions/main", parts });
      for await (const step of client.followRun(run?.name ?? "")) if (step.kind === "run") continue;
    }
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });

  it("prints the summary, and then has nothing more to sum up; history shows it among all the rest", async () => {
    const { code, stdout, stderr } = await callCli(gateway, [
      "sessions",
      "compact",
      "main",
      "--instructions",
      "numbers",
    ]);
    expect([code, stdout]).to.deep.equal([0, "user:\none\nassistant:\none\nuser:\ntwo\nassistant:\ntwo\n"]);
    expect(stderr).to.contain("main is summed up");
    const again = await readCli<{ run: { state: string }; summary: string }>(gateway, "sessions", "compact", "main");
    expect(again.run.state).to.equal("STATE_SUCCEEDED");
    expect(again.summary).to.equal("");
    const history = await callCli(gateway, ["sessions", "history", "main"]);
    expect(history.stdout).to.contain("summary of what was said before").and.contain("one");
  });

  it("names the run and leaves when it is not to wait", async () => {
    const { run } = await readCli<{ run: string }>(gateway, "sessions", "compact", "main", "--detach");
    expect(run).to.match(/^sessions\/main\/runs\/[0-9A-Z]{26}$/);
  });

  it("fails for a session that is not there", async () => {
    const { code, stderr } = await callCli(gateway, ["sessions", "compact", "nowhere"]);
    expect([code, stderr]).to.deep.equal([
      1,
      "error: sessions/nowhere does not exist\n  next: see: openclaw sessions list\n",
    ]);
  });
});
