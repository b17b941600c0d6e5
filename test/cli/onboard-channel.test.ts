/** A first channel is set up, on a real IRC server. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { knownNetworks } from "../../src/cli/channel-setup/network-questions.ts";
import { ngircd } from "../channels/irc/irc-servers.ts";
import { CliHome } from "../support/cli-home.ts";
import { Daemon, isInstalled } from "../support/daemon.ts";
import { freePort } from "../support/free-port.ts";
import { CliRun, hasTerminal } from "../support/run-cli.ts";

interface Told {
  readonly changed: { readonly keys: string[]; readonly variables: string[] };
  readonly channel?: {
    readonly channel: string;
    readonly online: boolean;
    readonly state: string;
    readonly advice: string[];
  };
  readonly channels: string[];
}

describe("openclaw onboard, with a channel", function () {
  this.timeout(60_000);
  const scripted = ["onboard", "--non-interactive", "--accept-risk", "--no-message"];
  let server: Daemon;
  let home: CliHome;
  before(async function () {
    if (!isInstalled(ngircd)) return this.skip();
    server = await Daemon.start(ngircd);
  });
  after(() => server?.stop());
  beforeEach(() => {
    home = new CliHome();
  });
  afterEach(() => home.remove());

  const config = () => JSON.parse(readFileSync(join(home.stateDir(), "openclaw.json"), "utf8"));
  const set = (...pairs: string[]): string[] => pairs.flatMap((pair) => ["--channel-set", pair]);
  const place = (): string[] => set("host=127.0.0.1", `port=${server.port}`, "tls=false");

  it("connects it, says how to write to it, and changes only what is asked when done again", async () => {
    await home.configure();
    const words = [
      "--start",
      "background",
      "--channel",
      "irc",
      ...place(),
      ...set("nick=claw", "nickserv.password=12345"),
    ];
    const told = await home.read<Told>(...scripted, ...words);
    expect(told.channel).to.deep.include({ channel: "irc", online: true, state: "online" });
    expect(told.channel?.advice[0]).to.contain("write to claw").and.to.contain("openclaw pairing approve irc <code>");
    expect(told.channels).to.deep.equal(["channels/irc online"]);
    expect(told.changed.variables).to.deep.equal(["IRC_NICKSERV_PASSWORD"]);
    expect(config().channels.irc).to.deep.equal({
      enabled: true,
      host: "127.0.0.1",
      port: server.port,
      tls: false,
      nick: "claw",
      nickserv: { password: "${IRC_NICKSERV_PASSWORD}" },
    });
    expect(readFileSync(join(home.stateDir(), ".env"), "utf8")).to.contain("IRC_NICKSERV_PASSWORD=12345");

    const again = await home.read<Told>(...scripted, "--channel", "irc", ...set("nick=claw2"));
    expect(again.changed).to.deep.equal({ keys: ["channels.irc.nick"], variables: [] });
    expect(again.channel).to.deep.include({ online: true });
    expect(again.channel?.advice[0]).to.contain("write to claw2");
  });

  it("says why it is not online, and exits with 1", async () => {
    await home.configure();
    const words = [...scripted, "--start", "background", "--channel", "irc", ...place()];
    const { code, stderr } = await home.cli(...words);
    expect(code).to.equal(1);
    expect(stderr).to.contain("irc is misconfigured: channels.irc.nick is missing");
    expect(stderr).to.contain("openclaw channels add irc key=value");
  });

  it("only writes it when no gateway is to run", async () => {
    await home.configure();
    const told = await home.read<Told>(...scripted, "--start", "none", "--channel", "irc:work", ...set("nick=claw"));
    expect(told.channel).to.equal(undefined);
    expect(config().channels).to.deep.equal({ irc: { accounts: { work: { enabled: true, nick: "claw" } } } });
  });

  it("wants a channel with its keys, and keys with a channel", async () => {
    for (const words of [set("nick=claw"), ["--channel", "I R C"], ["--channel", "irc", ...set("nick")]]) {
      expect((await home.cli(...scripted, ...words)).code, words.join(" ")).to.equal(2);
    }
  });

  it("asks for it in a terminal, and shows no secret", async function () {
    if (!hasTerminal()) return this.skip();
    await home.configure(undefined, { gateway: { port: await freePort() } });
    const run = new CliRun(["onboard", "--accept-risk", "--start", "none", "--no-message"], {
      environment: home.environment,
      terminal: true,
    });
    const answer = async (question: string, keys: string): Promise<void> => {
      await run.written(question);
      run.child.stdin.write(keys);
    };
    await answer("who answers", "\r");
    await answer("callers prove who they are with", "\r");
    await answer("the gateway can be reached from", "\r");
    await answer("port", "\r");
    await answer("folder agents work in", "\r");
    const downs = (await knownNetworks()).findIndex(({ kind }) => kind === "irc") + 1;
    await answer("write to the agent on", `${"\x1b[B".repeat(downs)}\r`);
    await answer("address of the server", "\r");
    await answer("our nick there", "claw\r");
    await answer("password of that nick", "hidden-one\r");
    await answer("run it", "\x1b[B\r");
    const { code, stdout } = await run.result;
    expect(code, stdout).to.equal(0);
    expect(stdout).not.to.contain("hidden-one");
    expect(config().channels.irc).to.deep.equal({
      enabled: true,
      host: "irc.libera.chat",
      nick: "claw",
      nickserv: { password: "${IRC_NICKSERV_PASSWORD}" },
    });
    expect(readFileSync(join(home.stateDir(), ".env"), "utf8")).to.contain("hidden-one");
  });
});
