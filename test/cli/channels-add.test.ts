/** `openclaw channels add`, without a gateway. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { knownNetworks } from "../../src/cli/channel-setup/network-questions.ts";
import { CliHome } from "../support/cli-home.ts";
import { type CliResult, CliRun, hasTerminal, runCli } from "../support/run-cli.ts";

describe("openclaw channels add", function () {
  this.timeout(60_000);
  let home: CliHome;
  beforeEach(async () => {
    home = new CliHome();
    await home.configure();
  });
  afterEach(() => home.remove());

  const channels = () => JSON.parse(readFileSync(join(home.stateDir(), "openclaw.json"), "utf8")).channels;
  const add = (words: readonly string[], input = "", environment = {}): Promise<CliResult> =>
    runCli(["channels", "add", ...words], { environment: { ...home.environment, ...environment }, input });

  it("names the keys that are missing where nobody can be asked, and writes nothing", async () => {
    const { code, stderr } = await add(["irc"]);
    expect(code).to.equal(2);
    expect(stderr).to.contain("irc needs host, nick\n");
    expect(stderr).to.contain("openclaw channels add irc host=irc.libera.chat nick=…");
    expect(channels()).to.equal(undefined);
  });

  it("needs no keys where variables have them", async () => {
    const { code, stderr } = await add(["telegram"], "", { TELEGRAM_BOT_TOKEN: "123456:secret" });
    expect(code, stderr).to.equal(0);
    expect(channels()).to.deep.equal({ telegram: { enabled: true } });
  });

  it("reads a secret from standard input or from a file", async () => {
    const path = join(home.path, "app.txt");
    writeFileSync(path, "xapp-one\n");
    const { code, stderr } = await add(["slack", "botToken=-", `appToken=@${path}`], "xoxb-one\n");
    expect(code, stderr).to.equal(0);
    expect(channels().slack).to.deep.equal({ enabled: true, botToken: "xoxb-one", appToken: "xapp-one" });
  });

  it("says how long a secret has to be", async () => {
    const { code, stderr } = await add(["webhook", "secret=short"]);
    expect(code).to.equal(78);
    expect(stderr).to.contain("channels.webhook.secret: must have at least 16 characters");
  });

  it("asks in a terminal for the network and what it needs, and shows no secret", async function () {
    if (!hasTerminal()) return this.skip();
    const run = new CliRun(["channels", "add"], { environment: home.environment, terminal: true });
    const answer = async (question: string, keys: string): Promise<void> => {
      await run.written(question);
      run.child.stdin.write(keys);
    };
    const downs = (await knownNetworks()).findIndex(({ kind }) => kind === "irc");
    await answer("write to the agent on", `${"\x1b[B".repeat(downs)}\r`);
    await answer("address of the server", "\r");
    await answer("our nick there", "claw\r");
    await answer("password of that nick", "hidden-one\r");
    const { code, stdout } = await run.result;
    expect(code, stdout).to.equal(0);
    expect(stdout).not.to.contain("hidden-one");
    const nickserv = { password: "hidden-one" };
    expect(channels().irc).to.deep.equal({ enabled: true, host: "irc.libera.chat", nick: "claw", nickserv });
  });
});
