/** The driver the README shows, as it stands there, is a channel. */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import { createGatewayClient } from "../../../src/client/gateway-client.ts";
import { pythonEnvironment } from "../../polyglot/python-programs.ts";
import { findProgram, repository } from "../../polyglot/toolchain.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../../support/gateway-process.ts";

const channels = { terminal: { driver: "remote", dmPolicy: "open", allowFrom: ["*"] } };

/** The Python in the README, for the gateway at `host`. */
function program(host: string): string {
  const [, code] = /```python\n([\s\S]*?)```/.exec(readFileSync(join(repository, "README.md"), "utf8")) ?? [];
  expect(code).to.contain('"127.0.0.1:18789"');
  return String(code).replace("127.0.0.1:18789", host);
}

describe("the README's driver", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess | undefined;
  let driver: ChildProcess | undefined;

  after(async () => {
    driver?.kill("SIGKILL");
    await gateway?.stop();
    if (gateway) await removeHome(gateway.home);
  });

  it("is at most thirty lines, brings what is typed, and prints what is answered", async function () {
    this.timeout(300_000);
    const python = await findProgram("python3");
    const environment = python === undefined ? undefined : await pythonEnvironment(python);
    if (python === undefined || environment === undefined) return this.skip();
    gateway = await startGatewayProcess({ config: { channels } });
    const { secret } = await createGatewayClient(gateway).access.createToken({ tokenId: "t", scopes: [Scope.NODE] });
    const code = program(new URL(gateway.url).host);
    expect(code.trimEnd().split("\n")).to.have.length.at.most(30);
    const env = { PATH: process.env.PATH, ...environment, TOKEN: secret };
    driver = spawn(python, ["-c", code], { env, stdio: ["pipe", "pipe", "pipe"] });
    const { stdin, stdout, stderr } = driver;
    stdin?.write("hello from the terminal\n");
    let printed = "";
    const failed = stderr === null ? Promise.resolve("") : text(stderr);
    for await (const piece of stdout ?? []) {
      printed += String(piece);
      if (printed.includes("\n")) break;
    }
    driver.kill("SIGKILL");
    expect(printed, await failed).to.contain("hello from the terminal");
  });
});
