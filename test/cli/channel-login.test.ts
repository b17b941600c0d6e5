/** `openclaw channels login` on a network that shows a code and a page and asks for a number. */

import { expect } from "chai";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { loginCode, loginNumber, loginPage } from "../support/login-network.ts";
import { CliRun, callCli, hasTerminal, reach, readCli } from "../support/run-cli.ts";
import { codeRows, scanCode } from "../support/scan-code.ts";
import { eventually } from "../support/until.ts";

describe("openclaw channels login", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;

  before(async () => {
    const environment = { TEST_LOGIN: "1" };
    gateway = await startGatewayProcess({ config: { channels: { login: { driver: "remote" } } }, environment });
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });
  afterEach(() => callCli(gateway, ["channels", "logout", "login"]));

  async function isOnline(): Promise<void> {
    await eventually("it is online", async () => {
      const list = await readCli<{ channels: { state: string }[] }>(gateway, "channels", "list");
      return list.channels.some(({ state }) => state === "STATE_ONLINE") ? true : undefined;
    });
  }

  it("shows a code that can be scanned, a page to open, asks, and connects", async () => {
    const { code, stdout, stderr } = await callCli(gateway, ["channels", "login", "login"], {
      input: `${loginNumber}\n`,
    });
    expect(code, stderr).to.equal(0);
    expect(scanCode(codeRows(stdout))).to.equal(loginCode);
    expect(stdout).to.contain("scan this code").and.contain(`open this page: ${loginPage}`);
    expect(stderr).to.contain("which number do you see?");
    expect(stdout).to.contain("login is logged in");
    await isOnline();
  });

  it("in a terminal shows the code dark on light, asks there, and ends by itself", async function () {
    if (!hasTerminal()) return this.skip();
    const run = new CliRun(["channels", "login", "login"], { environment: reach(gateway), terminal: true });
    await run.written("which number do you see?");
    run.child.stdin.write(`${loginNumber}\n`);
    const { code, stdout } = await run.result;
    expect(code, stdout).to.equal(0);
    const rows = [...stdout.matchAll(/\u001b\[97;40m(.*?)\u001b\[0m/g)].map(([, row = ""]) => row);
    expect(scanCode(rows)).to.equal(loginCode);
    expect(stdout).to.contain("login is logged in");
  });

  it("with --json tells each step on a line", async () => {
    const words = ["channels", "login", "login", "--json"];
    const { stdout } = await callCli(gateway, words, { input: `${loginNumber}\n` });
    const steps = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(steps.slice(0, 3)).to.deep.equal([
      { qr: loginCode },
      { link: loginPage },
      { prompt: "which number do you see?" },
    ]);
    expect(steps[3]?.channel).to.include({ name: "channels/login" });
  });

  it("that fails says why, and the channel waits for another one", async () => {
    const { code, stderr } = await callCli(gateway, ["channels", "login", "login"], { input: "7\n" });
    expect(code).to.equal(1);
    expect(stderr).to.contain("that is not the number");
    const { stdout } = await callCli(gateway, ["channels", "status", "login"]);
    expect(stdout).to.contain("login required").and.contain("that is not the number");
  });

  it("without anybody to answer says so", async () => {
    const { code, stderr } = await callCli(gateway, ["channels", "login", "login"], { input: "" });
    expect(code).to.equal(1);
    expect(stderr).to.contain("there is nobody to answer");
  });
});
