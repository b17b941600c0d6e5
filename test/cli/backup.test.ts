import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CliHome } from "../support/cli-home.ts";

describe("openclaw backup", function () {
  this.timeout(60_000);
  const homes: CliHome[] = [];
  let home: CliHome;
  let file: string;
  beforeEach(async () => {
    home = newHome();
    file = join(home.path, "backup.tar.gz");
    await home.configure();
  });
  afterEach(async () => {
    for (const one of homes.splice(0)) await one.remove();
  });

  const newHome = (): CliHome => {
    const made = new CliHome();
    homes.push(made);
    return made;
  };
  const everything = async (at: CliHome) => {
    const { sessions } = await at.read<{ sessions: { name: string }[] }>("sessions", "list");
    const transcripts = await Promise.all(sessions.map(({ name }) => at.read("sessions", "history", name)));
    return { sessions, transcripts };
  };

  it("of a gateway that runs, restored on a host where nothing was, is the same gateway", async () => {
    await home.cli("gateway", "start");
    await home.cli("agent", "-m", "hello");
    await home.cli("agent", "--session", "garden", "-m", "what grows?");
    mkdirSync(join(home.stateDir(), "workspace"));
    writeFileSync(join(home.stateDir(), "workspace", "notes.md"), "notes");
    const before = await everything(home);
    const events = await home.read<{ events: unknown[] }>("events", "list", "--limit", "100");
    const made = await home.read<{ verified: boolean; summary: { files: number } }>(
      ...["backup", "create", "--output", file, "--verify"],
    );
    expect(made.verified).to.equal(true);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    await home.cli("gateway", "stop");

    const other = newHome();
    const { code, stdout, stderr } = await other.cli("backup", "restore", file);
    expect(code).to.equal(0);
    expect(stdout).to.contain("restored");
    expect(stderr).to.contain("openclaw gateway start");
    expect(readFileSync(join(other.stateDir(), "gateway.token"))).to.deep.equal(
      readFileSync(join(home.stateDir(), "gateway.token")),
    );
    expect(readFileSync(join(other.stateDir(), "workspace", "notes.md"), "utf8")).to.equal("notes");
    expect(await other.cli("gateway", "start")).to.include({ code: 0 });
    expect(await everything(other)).to.deep.equal(before);
    const kept = (await other.read<{ events: unknown[] }>("events", "list", "--limit", "100")).events;
    expect(kept.map((event) => JSON.stringify(event))).to.include.members(
      events.events.map((one) => JSON.stringify(one)),
    );
  });

  it("is made of a gateway that does not run, also when its configuration is wrong", async () => {
    writeFileSync(join(home.stateDir(), "openclaw.json"), "{ gateway: { prot: 1 } }");
    writeFileSync(join(home.stateDir(), "gateway.token"), "token", { mode: 0o600 });
    expect(await home.cli("backup", "create", "--output", file)).to.include({ code: 0 });
    const { files } = await home.read<{ files: number }>("backup", "verify", file);
    expect(files).to.equal(2);
    expect(await home.owner()).to.equal(undefined);
  });

  it("never overwrites a file", async () => {
    writeFileSync(file, "mine");
    const { code, stderr } = await home.cli("backup", "create", "--output", file);
    expect(code).to.equal(1);
    expect(stderr).to.contain("exists already");
    expect(readFileSync(file, "utf8")).to.equal("mine");
    expect(readdirSync(home.path).filter((name) => name.includes("partial"))).to.deep.equal([]);
  });

  it("is named by the time in a folder", async () => {
    const { file: made } = await home.read<{ file: string }>("backup", "create", "--output", home.path);
    expect(made).to.match(/\/openclaw-backup-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tar\.gz$/);
    expect(existsSync(made)).to.equal(true);
  });

  it("that was damaged is told as such, and exits with 1", async () => {
    await home.cli("backup", "create", "--output", file);
    const bytes = readFileSync(file);
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const { code, stderr } = await home.cli("backup", "verify", file);
    expect(code).to.equal(1);
    expect(stderr).to.contain("damaged");
  });

  it("is not restored over what is there, and with --force puts that aside", async () => {
    await home.cli("backup", "create", "--output", file);
    const refused = await home.cli("backup", "restore", file);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain("--force");
    const { movedAside } = await home.read<{ movedAside: string[] }>("backup", "restore", file, "--force");
    expect(movedAside).to.have.length(1);
    expect(existsSync(join(movedAside[0] ?? "", "openclaw.json"))).to.equal(true);
    expect(existsSync(join(home.stateDir(), "openclaw.json"))).to.equal(true);
  });

  it("is not restored under a gateway that runs", async () => {
    await home.cli("backup", "create", "--output", file);
    const aside = join(home.path, "aside.tar.gz");
    renameSync(file, aside);
    await home.cli("gateway", "start");
    const { code, stderr } = await home.cli("backup", "restore", aside, "--force");
    expect(code).to.equal(1);
    expect(stderr).to.contain("openclaw gateway stop");
    expect(await home.cli("gateway", "health")).to.include({ code: 0 });
  });
});
