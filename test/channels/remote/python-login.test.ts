/** The example driver in Python is logged in with a password, and is the channel from then on. */

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { createGatewayClient } from "../../../src/client/gateway-client.ts";
import { pythonEnvironment } from "../../polyglot/python-programs.ts";
import { findProgram, repository } from "../../polyglot/toolchain.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../../support/gateway-process.ts";
import { callCli } from "../../support/run-cli.ts";
import { eventually } from "../../support/until.ts";
import { MemoryPlatform } from "../memory/memory-platform.ts";

const open = { driver: "remote", dmPolicy: "open", allowFrom: ["*"] };
const words = ["channels", "login", "chat"];

describe("the driver in Python that wants a password", function () {
  this.timeout(60_000);
  const platform = new MemoryPlatform();
  let gateway: GatewayProcess | undefined;
  let driver: ChildProcess | undefined;

  before(async function () {
    this.timeout(300_000);
    const python = await findProgram("python3");
    const environment = python === undefined ? undefined : await pythonEnvironment(python);
    if (python === undefined || environment === undefined) return this.skip();
    await platform.start();
    gateway = await startGatewayProcess({ config: { channels: { chat: open } } });
    const { secret } = await createGatewayClient(gateway).access.createToken({ tokenId: "d", scopes: [Scope.NODE] });
    const reach = { GATEWAY: new URL(gateway.url).host, TOKEN: secret, CHANNEL: "channels/chat" };
    const env = {
      PATH: process.env.PATH,
      ...environment,
      ...reach,
      CHAT_PORT: String(platform.port),
      PASSWORD: "hunter2",
    };
    driver = spawn(python, [join(repository, "test/polyglot/drivers/python/driver.py")], { env, stdio: "ignore" });
    await reason("the chat wants its password");
  });
  after(async () => {
    driver?.kill("SIGKILL");
    await platform.stop();
    await gateway?.stop();
    if (gateway) await removeHome(gateway.home);
  });

  /** Resolves when the channel says so. */
  const reason = (text: string) =>
    eventually(`the channel says "${text}"`, async () => {
      const { channel } = await createGatewayClient(gateway as GatewayProcess).channels.getChannel({
        name: "channels/chat",
      });
      return channel?.stateReason.includes(text) ? channel : undefined;
    });

  it("says so of a wrong one, takes the right one, and then answers", async () => {
    const wrong = await callCli(gateway as GatewayProcess, words, { input: "wrong\n" });
    expect([wrong.code, wrong.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 1 && text.includes("not the password"),
    );
    await reason("that is not the password");
    const right = await callCli(gateway as GatewayProcess, words, { input: "hunter2\n" });
    expect(right.code, right.stderr).to.equal(0);
    expect(right.stderr).to.contain("What is the password?");
    platform.say("hello after the login");
    await eventually("it is answered", async () => platform.told.find(({ text }) => text.includes("hello after")));
  });
});
