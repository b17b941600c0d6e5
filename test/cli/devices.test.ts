import { mkdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CliHome } from "../support/cli-home.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { callCli, readCli } from "../support/run-cli.ts";

interface Device {
  readonly name: string;
  readonly title: string;
  readonly scopes: readonly string[];
}

describe("openclaw devices", () => {
  let gateway: GatewayProcess;
  /** Another machine, as far as that goes. */
  let laptop: CliHome;
  const cli = (...words: string[]) => callCli(gateway, ["devices", ...words]);
  const json = <T>(...words: string[]) => readCli<T>(gateway, "devices", ...words);
  const there = (...words: string[]) => laptop.cli(...words, "--url", gateway.url);
  before(async () => {
    gateway = await startGatewayProcess();
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });
  beforeEach(() => {
    laptop = new CliHome();
  });
  afterEach(() => laptop.remove());

  /** Starts `devices pair` on the other machine and waits for its code. */
  const startPairing = async (...words: string[]) => {
    const run = laptop.start("devices", "pair", "--url", gateway.url, ...words);
    await run.written("openclaw devices approve ", "stderr");
    const [, code = ""] = /devices approve (\S+)/.exec(run.stderr) ?? [];
    return { run, code };
  };
  const pair = async (...words: string[]) => {
    const { setupCode } = await json<{ setupCode: string }>("setup-code", "--scope", "read,write,pair");
    const { code, stdout, stderr } = await there("devices", "pair", "--setup-code", setupCode, "--json", ...words);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as { url: string; path: string; device: Device };
  };

  it("pair shows a code, waits for its approval, and from then on this machine is known", async () => {
    const { run, code } = await startPairing("--title", "The laptop", "--scope", "read");
    expect(code).to.match(/^\w{4}-\w{4}$/);
    const { stdout: list } = await cli("list");
    expect(list).to.match(
      new RegExp(`^${code} +The laptop +pending +read +${process.platform} +127\\.0\\.0\\.1:\\d+`, "m"),
    );
    const approved = await cli("approve", code.toLowerCase());
    expect(approved.stdout).to.equal(`let in The laptop (${code}); it may read\n`);
    const { code: exit, stdout } = await run.result;
    expect(exit).to.equal(0);
    expect(stdout).to.match(/^paired with http:\S+ as devices\/\w+; this machine may read\n$/);
    const who = JSON.parse((await there("whoami", "--json")).stdout) as { title: string };
    expect(who.title).to.equal("The laptop");
    expect((await there("sessions", "list")).code).to.equal(0);
  });

  it("pair keeps the token in a file for its owner only", async () => {
    const { path, url } = await pair();
    expect(path).to.equal(join(laptop.stateDir(), "paired", `${url.replace("://", "_").replace(":", "_")}.json`));
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(JSON.parse(readFileSync(path, "utf8")))
      .to.have.property("token")
      .that.matches(/^ocd_/);
  });

  it("pair is told when it was refused", async () => {
    const { run, code } = await startPairing();
    expect((await cli("reject", code)).stdout).to.contain(`(${code})`);
    const { code: exit, stderr } = await run.result;
    expect(exit).to.equal(1);
    expect(stderr).to.contain("error: the pairing request was rejected");
    expect(stderr).to.contain(`ask again with: openclaw devices pair --url ${gateway.url}`);
  });

  it("pair needs to be told which gateway", async () => {
    const { code, stderr } = await laptop.cli("devices", "pair");
    expect(code).to.equal(2);
    expect(stderr).to.contain("name it: openclaw devices pair --url <address>");
  });

  it("pair names a paste that is no setup code", async () => {
    const { code, stderr } = await there("devices", "pair", "--setup-code", gateway.token);
    expect(code).to.equal(1);
    expect(stderr).to.contain("this is not a setup code");
    expect(stderr).not.to.contain(gateway.token);
  });

  it("setup-code prints the line to type there, good once", async () => {
    const { code, stdout, stderr } = await cli("setup-code");
    expect(code).to.equal(0);
    expect(stderr).to.match(
      /^good for one device, ends in 10 min; on that device, type:\nthis gateway listens on this/,
    );
    expect(stdout).to.match(/^openclaw devices pair --url http:\/\/127\.0\.0\.1:\d+ --setup-code ocs_\w{28}\n$/);
    const words = stdout.trim().split(" ").slice(1);
    expect((await laptop.cli(...words)).code).to.equal(0);
    const again = await laptop.cli(...words);
    expect(again.code).to.equal(1);
    expect(again.stderr).to.contain("was used already");
  });

  it("rename and remove take an id or a title", async () => {
    const { device } = await pair("--title", "Old name");
    const renamed = await json<Device>("rename", device.name, "New", "name");
    expect(renamed.title).to.equal("New name");
    expect((await cli("remove", "New name")).stderr).to.contain("add --yes");
    const { stdout } = await cli("remove", "New name", "--yes");
    expect(stdout).to.equal(`removed New name (${device.name})\n`);
    const { code, stderr } = await there("whoami");
    expect(code).to.equal(1);
    expect(stderr).to.contain("this credential was revoked");
    expect(stderr).to.contain(`pair again with: openclaw devices pair --url ${gateway.url}`);
  });

  it("narrow takes away, and never gives", async () => {
    await pair("--title", "New name");
    const narrowed = await json<Device>("narrow", "new name", "--scope", "read");
    expect(narrowed.scopes).to.deep.equal(["SCOPE_READ"]);
    expect((await there("sessions", "create", "x")).stderr).to.contain("needs scope WRITE");
    const wider = await cli("narrow", "new name", "--scope", "write");
    expect(wider.stderr).to.contain("can only be narrowed");
  });

  it("rotate replaces the token of this machine where it is kept", async () => {
    const { path, device } = await pair();
    const before = JSON.parse(readFileSync(path, "utf8"));
    const { code, stdout } = await there("devices", "rotate");
    expect([code, stdout]).to.deep.equal([0, `the token for ${gateway.url} was replaced; it is in ${path}\n`]);
    const after = JSON.parse(readFileSync(path, "utf8"));
    expect(after).to.deep.include({ url: gateway.url, device: device.name });
    expect(after.token).not.to.equal(before.token);
    expect((await there("whoami")).code).to.equal(0);
    const old = await laptop.cli("whoami", "--url", gateway.url, "--token", before.token);
    expect(old.stderr).to.contain("was replaced by a new one");
  });

  it("rotate leaves the old token good where the new one cannot be kept", async () => {
    const { path } = await pair();
    const elsewhere = `${path}.elsewhere`;
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
    const { code, stderr } = await there("devices", "rotate");
    expect(code).not.to.equal(0);
    expect(stderr).to.contain("is a symbolic link");
    expect(await there("whoami")).to.include({ code: 0 });
  });

  it("pair shows the token when it cannot be kept", async () => {
    const { setupCode } = await json<{ setupCode: string }>("setup-code");
    mkdirSync(laptop.stateDir(), { recursive: true });
    writeFileSync(join(laptop.stateDir(), "paired"), "");
    const { code, stdout, stderr } = await there("devices", "pair", "--setup-code", setupCode);
    expect(code).not.to.equal(0);
    expect(stderr).to.contain("cannot be written");
    const who = await laptop.cli("whoami", "--url", gateway.url, "--token", stdout.trim());
    expect(who.code, who.stderr).to.equal(0);
  });

  it("list shows who is online", async () => {
    await pair("--title", "Watching");
    const watch = laptop.start("events", "watch", "--url", gateway.url);
    let line = "";
    while (!line.includes("online")) {
      line = (await cli("list", "--all")).stdout.split("\n").find((each) => each.includes("Watching")) ?? "";
    }
    watch.child.kill("SIGKILL");
    await watch.result;
  });

  it("approve, reject, rename and remove say when they know of no such one", async () => {
    for (const command of ["approve", "reject"]) {
      const { code, stderr } = await cli(command, "AAAA-BBBB");
      expect([code, stderr]).to.deep.equal([
        1,
        "error: nobody asks to be let in with the code AAAA-BBBB\n  next: see: openclaw devices list\n",
      ]);
    }
    const { code, stderr } = await cli("remove", "nobody", "--yes");
    expect([code, stderr]).to.deep.equal([1, "error: there is no device nobody\n  next: see: openclaw devices list\n"]);
  });
});
