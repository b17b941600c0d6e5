import { expect } from "chai";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { callCli, readCli, runCli } from "../support/run-cli.ts";

describe("openclaw dashboard", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;
  before(async () => {
    gateway = await startGatewayProcess();
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });

  it("says where the page is and where its credential can be read, without showing it", async () => {
    const told = await readCli(gateway, "dashboard");
    expect(told).to.deep.equal({ url: `${gateway.url}/`, credential: "OPENCLAW_GATEWAY_TOKEN", opened: false });
    const { stdout } = await callCli(gateway, ["dashboard", "--no-open"]);
    expect(stdout).to.contain(`${gateway.url}/`);
    expect(stdout).to.not.contain(gateway.token);
    expect((await fetch(told.url as string)).headers.get("content-type")).to.equal("text/html; charset=utf-8");
  });

  it("fails when no gateway answers", async () => {
    const { code, stderr } = await runCli(["dashboard", "--url", "http://127.0.0.1:1", "--token", "x"]);
    expect([code, stderr.includes("no gateway answers")]).to.deep.equal([1, true]);
  });
});
