/** `openclaw channels login` on a channel that a program outside is. */

import { expect } from "chai";
import { Channel_State as State } from "../../gen/openclaw/gateway/v1/channel_pb.ts";
import { Scope } from "../../gen/openclaw/gateway/v1/options_pb.ts";
import { createGatewayClient } from "../../src/client/gateway-client.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { CliRun, callCli, hasTerminal, reach } from "../support/run-cli.ts";
import { codeRows, scanCode } from "../support/scan-code.ts";
import { TestDriver } from "../support/test-driver.ts";

const name = "channels/mynet";
const words = ["channels", "login", "mynet"];
const introduction = { login: true, state: State.LOGIN_REQUIRED, reason: "scan the code" };

/** A gateway, and a driver that is to be attached. */
async function prepare(): Promise<[GatewayProcess, TestDriver]> {
  const gateway = await startGatewayProcess({ config: { channels: { mynet: { driver: "remote" } } } });
  const { access } = createGatewayClient(gateway);
  const { secret: token } = await access.createToken({ tokenId: "driver", scopes: [Scope.NODE] });
  return [gateway, new TestDriver(createGatewayClient({ url: gateway.url, token }), name)];
}

describe("openclaw channels login of a driver", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;
  let driver: TestDriver;

  before(async () => {
    [gateway, driver] = await prepare();
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });
  beforeEach(async () => {
    driver.frames.length = 0;
    await driver.attachSoon(introduction);
  });
  afterEach(() => driver.vanish());

  it("shows the driver's code, and ends when the driver says that it was scanned", async () => {
    const run = new CliRun(words, { environment: reach(gateway) });
    const { login } = await driver.told("logIn");
    await driver.reportLogIn(login, 1, { case: "qr", value: "2@device-code-of-the-driver" });
    await run.written("scan this code");
    expect(scanCode(codeRows(run.stdout))).to.equal("2@device-code-of-the-driver");
    await driver.reportLogIn(login, 2, { case: "done", value: { title: "Claw" } });
    const { code, stdout, stderr } = await run.result;
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain("mynet is logged in");
  });

  it("with --json says of a question that its answer is a secret, and hands the answer on", async () => {
    const run = new CliRun([...words, "--json"], { environment: reach(gateway), input: "hunter2\n" });
    const { login } = await driver.told("logIn");
    await driver.reportLogIn(login, 1, { case: "prompt", value: { question: "password?", secret: true } });
    expect((await driver.told("logInAnswer")).answer).to.equal("hunter2");
    await driver.reportLogIn(login, 2, { case: "done", value: {} });
    const [prompt] = (await run.result).stdout.trim().split("\n");
    expect(JSON.parse(prompt ?? "")).to.deep.equal({ prompt: "password?", secret: true });
  });

  it("in a terminal does not show a secret while it is typed, and shows any other answer", async function () {
    if (!hasTerminal()) return this.skip();
    const run = new CliRun(words, { environment: reach(gateway), terminal: true });
    const { login } = await driver.told("logIn");
    await driver.reportLogIn(login, 1, { case: "prompt", value: { question: "password?", secret: true } });
    await run.written("password?");
    run.child.stdin.write("hunter2\r");
    expect((await driver.told("logInAnswer")).answer).to.equal("hunter2");
    await driver.reportLogIn(login, 2, { case: "prompt", value: { question: "which number?" } });
    await run.written("which number?");
    run.child.stdin.write("4711\n");
    await driver.seen(() => driver.frames.find((one) => one.case === "logInAnswer" && one.value.answer === "4711"));
    await driver.reportLogIn(login, 3, { case: "done", value: {} });
    const { code, stdout } = await run.result;
    expect(code, stdout).to.equal(0);
    expect(stdout).to.contain("4711").and.not.contain("hunter2");
  });

  it("ends as the driver says it did, though a question of it was never answered", async function () {
    if (!hasTerminal()) return this.skip();
    const ends = [
      [{ case: "done", value: { title: "Claw" } }, 0, "mynet is logged in"],
      [{ case: "failed", value: { reason: "nobody confirmed it" } }, 1, "nobody confirmed it"],
    ] as const;
    for (const [report, expected, text] of ends) {
      driver.frames.length = 0;
      const run = new CliRun([...words, "--force"], { environment: reach(gateway), terminal: true });
      const { login } = await driver.told("logIn");
      const question = { question: "a code, or confirm it on your phone", secret: true };
      await driver.reportLogIn(login, 1, { case: "prompt", value: question });
      await run.written("confirm it on your phone");
      await driver.reportLogIn(login, 2, report);
      const { code, stdout } = await run.result;
      expect([code, stdout.includes(text)], stdout).to.deep.equal([expected, true]);
    }
  });

  it("that the driver gives up says why, and so does the channel", async () => {
    const result = callCli(gateway, words);
    const { login } = await driver.told("logIn");
    await driver.reportLogIn(login, 1, { case: "failed", value: { reason: "the code was not scanned in time" } });
    const { code, stderr } = await result;
    expect(code).to.equal(1);
    expect(stderr).to.contain("the code was not scanned in time");
    const status = await callCli(gateway, ["channels", "status", "mynet"]);
    expect(status.stdout).to.contain("login required").and.contain("the code was not scanned in time");
  });

  it("says so when the gateway stops in the middle of it", async () => {
    const [stopping, other] = await prepare();
    try {
      await other.attachSoon(introduction);
      const run = new CliRun(words, { environment: reach(stopping) });
      await other.told("logIn");
      await stopping.stop();
      const { code, stderr } = await run.result;
      expect(code).to.equal(1);
      expect(stderr).to.match(/was stopped in the middle of it|gateway is stopping/);
    } finally {
      await other.vanish();
      await removeHome(stopping.home);
    }
  });
});
