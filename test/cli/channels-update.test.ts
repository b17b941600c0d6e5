/** `openclaw channels update`, on a gateway in a process of its own. */

import { expect } from "chai";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { callCli, readCli } from "../support/run-cli.ts";

interface Shown {
  readonly name: string;
  readonly title?: string;
  readonly enabled?: boolean;
  readonly etag: string;
  readonly state: string;
}

describe("openclaw channels update", function () {
  this.timeout(60_000);
  let gateway: GatewayProcess;
  const update = (...words: string[]) => callCli(gateway, ["channels", "update", ...words]);
  const read = (...words: string[]) => readCli<Shown>(gateway, "channels", "update", ...words);

  const reloads = async (mode: string): Promise<void> => {
    await callCli(gateway, ["config", "set", "gateway.reload.mode", mode]);
    await callCli(gateway, ["config", "reload"]);
  };

  before(async () => {
    const config = { channels: { chat: { driver: "remote", accounts: { home: {}, work: {} } } } };
    gateway = await startGatewayProcess({ config });
  });
  after(async () => {
    await gateway.kill();
    await removeHome(gateway.home);
  });

  it("renames a channel, and says how it is then", async () => {
    const { code, stdout } = await update("chat:work", "--title", "The office");
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^channel +chat:work$/m)
      .and.match(/^who +The office$/m);
    const { stdout: value } = await callCli(gateway, ["config", "get", "channels.chat.accounts.work.name"]);
    expect(value).to.contain("The office");
  });

  it("takes a title back", async () => {
    await update("chat", "--account", "home", "--title", "At home");
    expect((await read("chat:home", "--title", "")).title ?? "").to.equal("");
  });

  it("disables and enables, and answers in JSON with the channel", async () => {
    const off = await read("chat:work", "--disable");
    expect(off).to.include({ name: "channels/chat:work", state: "STATE_STOPPED" });
    expect(off.enabled ?? false).to.equal(false);
    const on = await read("chat:work", "--enable", "--etag", off.etag);
    expect(on).to.include({ name: "channels/chat:work", enabled: true });
  });

  it("names who did it in the history of the configuration", async () => {
    await update("chat:home", "--disable", "--title", "House");
    const { stdout } = await callCli(gateway, ["config", "history"]);
    expect(stdout).to.contain("channels/chat:home disabled and renamed");
  });

  it("refuses an old etag, and says what to do", async () => {
    const { code, stderr } = await update("chat:work", "--title", "x", "--etag", "old");
    expect(code).to.equal(1);
    expect(stderr).to.contain("channels/chat:work changed meanwhile");
  });

  it("says so when the change waits for a reload", async () => {
    await reloads("off");
    const { code, stdout, stderr } = await update("chat:work", "--title", "Later");
    expect(code).to.equal(0);
    expect(stdout).not.to.contain("Later");
    expect(stderr).to.contain("not in force for chat:work yet");
    await reloads("hybrid");
  });

  it("wants something to change, and one thing only", async () => {
    expect((await update("chat:work")).stderr).to.contain("there is nothing to change");
    const both = await update("chat:work", "--enable", "--disable");
    expect(both.stderr).to.contain("--enable and --disable contradict each other");
  });

  it("says that there is no such channel", async () => {
    const { code, stderr } = await update("other", "--disable");
    expect(code).to.equal(1);
    expect(stderr).to.contain("channels/other does not exist");
  });
});
