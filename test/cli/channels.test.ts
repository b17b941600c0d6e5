/** The commands channels, pairing and directory, on a gateway in a process of its own and a network in memory. */

import { expect } from "chai";
import { MemoryWorld } from "../channels/memory/memory-world.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { callCli, readCli } from "../support/run-cli.ts";
import { eventually } from "../support/until.ts";

interface Channels {
  readonly live: boolean;
  readonly channels: readonly {
    readonly name: string;
    readonly state: string;
    readonly probe?: { readonly ok: boolean };
  }[];
}

interface Pairing {
  readonly pairingRequests: readonly { readonly code: string; readonly title: string }[];
}

describe("openclaw channels, pairing and directory", function () {
  this.timeout(60_000);
  const world = new MemoryWorld();
  let gateway: GatewayProcess;
  const cli = (...words: string[]) => callCli(gateway, words);
  const read = <T>(...words: string[]) => readCli<T>(gateway, ...words);

  before(async () => {
    await world.start();
    const { environment } = world;
    gateway = await startGatewayProcess({ config: { channels: { memory: { driver: "remote" } } }, environment });
    await inState("memory", "STATE_ONLINE");
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
    await world.stop();
  });

  async function inState(id: string, state: string): Promise<void> {
    await eventually(`${id} is ${state}`, async () => {
      const { channels } = await read<Channels>("channels", "list");
      return channels.some((one) => one.name === `channels/${id}` && one.state === state) ? true : undefined;
    });
  }

  it("list and status show how channels are", async () => {
    const { stdout } = await cli("channels", "list");
    expect(stdout).to.match(/^memory\s+online\s+claw$/m);
    const { live, channels } = await read<Channels>("channels", "status", "memory", "--probe");
    expect(live).to.equal(true);
    expect(channels[0]?.probe).to.deep.include({ ok: true });
  });

  it("status says what is not there", async () => {
    const { code, stderr } = await cli("channels", "status", "other");
    expect(code).to.equal(1);
    expect(stderr).to.contain("there is no channel other");
  });

  it("capabilities shows what all channels can do when none is named", async () => {
    const { stdout } = await cli("channels", "capabilities");
    expect(stdout)
      .to.match(/^channel +memory\n/)
      .and.to.match(/^can +.*edit/m);
    const { channels } = await read<{ channels: { name: string; capabilities: object }[] }>("channels", "capabilities");
    expect(channels[0]?.name).to.equal("channels/memory");
    expect(channels[0]?.capabilities).to.include({ edit: true });
  });

  it("capabilities shows what a channel can do", async () => {
    const { stdout } = await cli("channels", "capabilities", "memory");
    expect(stdout)
      .to.match(/^text\s+120 characters$/m)
      .and.match(/^can\s+edit, backfill$/m);
  });

  it("stop, start and restart do as they say", async () => {
    expect((await cli("channels", "stop", "memory")).stdout).to.equal("memory is stopped\n");
    await inState("memory", "STATE_STOPPED");
    expect((await cli("channels", "start", "memory")).stdout).to.equal("memory connects\n");
    await inState("memory", "STATE_ONLINE");
    expect((await cli("channels", "restart", "memory")).stdout).to.equal("memory connects anew\n");
    await inState("memory", "STATE_ONLINE");
  });

  it("pairing list asks for nothing but what pairing takes, and knows the accounts there are", async () => {
    const words = ["tokens", "create", "pairing", "--scope", "pair"];
    const { secret } = await read<{ secret: string }>(...words);
    const { code, stderr } = await callCli({ ...gateway, token: secret }, ["pairing", "list", "memory"]);
    expect([code, stderr]).to.deep.equal([0, "nobody asks to be answered\n"]);
    const unknown = await cli("pairing", "list", "memory", "--account", "work");
    expect([unknown.code, unknown.stderr]).to.deep.equal([
      1,
      "error: there is no channel memory:work\n  next: there are: memory\n",
    ]);
  });

  it("pairing lets a sender in, who is answered from then on", async () => {
    await world.say("who are you");
    const { pairingRequests } = await eventually("somebody asks", async () => {
      const list = await read<Pairing>("pairing", "list", "memory");
      return list.pairingRequests.length > 0 ? list : undefined;
    });
    const code = pairingRequests[0]?.code ?? "";
    expect(await read<Pairing>("pairing", "list", "memory", "--account", "default")).to.deep.equal({ pairingRequests });
    expect(await read<Pairing>("pairing", "list", "--account", "work")).to.deep.equal({ pairingRequests: [] });
    const elsewhere = await cli("pairing", "approve", "memory", code, "--account", "work");
    expect(elsewhere.stderr).to.contain("nobody on memory asks");
    expect(
      world
        .told()
        .map(({ text }) => text)
        .join("\n"),
    ).to.contain(code);
    const { stdout } = await cli("pairing", "approve", "memory", code.toLowerCase(), "--notify");
    expect(stdout).to.equal("let in Mia on memory\n");
    await world.say("what about now");
    await eventually("mia is answered", async () => {
      return world.told().some(({ text }) => text.includes("what about now")) ? true : undefined;
    });
    expect(world.told().some(({ text }) => text.includes("paired"))).to.equal(true);
  });

  it("pairing names a code nobody asks with", async () => {
    const { code, stderr } = await cli("pairing", "reject", "memory", "ABCDEFGH");
    expect(code).to.equal(1);
    expect(stderr).to.contain("nobody on memory asks with the code ABCDEFGH");
  });

  it("directory says where there is none", async () => {
    const { code, stderr } = await cli("directory", "groups");
    expect(code).to.equal(1);
    expect(stderr).to.contain("has no directory");
  });

  it("login and logout tell what they are for", async () => {
    const { code, stderr } = await cli("channels", "login", "memory", "--force");
    expect(code).to.equal(1);
    expect(stderr).to.contain("needs no login");
    expect((await cli("channels", "logout", "memory")).stdout).to.equal("memory is logged out and stopped\n");
    await cli("channels", "start", "memory");
    await inState("memory", "STATE_ONLINE");
  });

  it("add connects another account beside the one that is there, and remove takes it away", async () => {
    const added = await cli("channels", "add", "memory", "--account", "work", "dmPolicy=disabled");
    expect(added.code, added.stderr).to.equal(0);
    await inState("memory:work", "STATE_ONLINE");
    const removed = await cli("channels", "remove", "memory:work", "--delete", "--yes");
    expect(removed.code, removed.stderr).to.equal(0);
    const { channels } = await read<Channels>("channels", "list");
    expect(channels.map(({ name }) => name)).to.deep.equal(["channels/memory"]);
  });

  it("add refuses keys that are none, by name", async () => {
    const { code, stderr, stdout } = await cli("channels", "add", "irc", "hots=x");
    expect(code).not.to.equal(0);
    expect(stderr + stdout).to.contain("channels.irc.host");
  });

  it("logs says that there is no such channel, and which there are", async () => {
    const { code, stdout, stderr } = await cli("channels", "logs", "nope");
    expect([code, stdout, stderr]).to.deep.equal([
      1,
      "",
      "error: there is no channel nope\n  next: there are: memory\n",
    ]);
  });

  it("logs begins with as many lines of one channel as were asked for", async () => {
    const lines = (await cli("channels", "logs", "memory", "--lines", "2")).stdout.trimEnd().split("\n");
    const all = (await cli("channels", "logs", "memory")).stdout.trimEnd().split("\n");
    expect(all.length).to.be.greaterThan(2);
    expect(lines).to.deep.equal(all.slice(-2));
  });

  it("status --probe stands in line with the rest", async () => {
    const { stdout } = await cli("channels", "status", "memory", "--probe");
    const columns = new Set(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => /^\S+(?: \S+)* {2,}/.exec(line)?.[0].length),
    );
    expect(stdout).to.match(/^probe +works/m);
    expect(columns.size).to.equal(1);
  });

  it("logs shows what happened to a channel", async () => {
    const { stdout } = await cli("channels", "logs", "memory");
    expect(stdout).to.contain("a channel is online").and.not.to.contain("channels/memory:work");
  });
});
