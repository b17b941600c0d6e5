import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { CliHome } from "../support/cli-home.ts";
import { hasTerminal } from "../support/run-cli.ts";
import { until } from "../support/until.ts";

interface Line {
  readonly level: string;
  readonly component: string;
  readonly message: string;
}

describe("openclaw logs", function () {
  this.timeout(60_000);
  const secret = "a-very-secret-password-of-mine";
  const refused = "a wrong credential was refused";
  const today = () => new Date().toISOString().slice(0, 10);
  let home: CliHome;
  let begun: string;
  const logs = async (...words: string[]): Promise<Line[]> => {
    const { code, stdout, stderr } = await home.cli("logs", "--json", ...words);
    expect(code, stderr).to.equal(0);
    return stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  };

  before(async () => {
    home = new CliHome();
    begun = today();
    const gateway = { auth: { mode: "password", password: secret } };
    await home.configure(undefined, { gateway, logging: { level: "debug", consoleLevel: "error" } } as never);
    home.start("gateway", "run");
    while ((await home.owner())?.url === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    await home.cli("sessions", "list", "--password", "wrong password");
    await home.cli("sessions", "list");
  });
  after(() => home.remove());

  it("prints the newest lines, with --json one record each", async () => {
    const lines = await logs("--lines", "2");
    expect(lines).to.have.length(2);
    expect(lines[0]).to.include.keys("time", "level", "component", "message");
  });

  it("prints lines of one level and above, and of one component", async () => {
    const lines = await logs("--level", "warn", "--component", "door");
    expect(lines.map(({ message }) => message)).to.include(refused);
    expect(lines.every(({ level, component }) => level === "warn" && component === "door")).to.equal(true);
  });

  it("prints time, level, component, message and fields in columns", async () => {
    const { stdout } = await home.cli("logs", "--component", "door", "--lines", "1");
    expect(stdout).to.match(/^\d\d:\d\d:\d\d {2}debug {2}door {6}call {2}method=openclaw\.gateway\.v1\.\S+ .*\n$/);
  });

  it("prints them in colours on a terminal", async function () {
    if (!hasTerminal()) this.skip();
    const { CliRun } = await import("../support/run-cli.ts");
    const run = new CliRun(["logs", "--lines", "1"], { environment: home.environment, terminal: true });
    expect((await run.result).stdout).to.contain("\u001b[36mdoor");
  });

  it("says that no line fits, when none does", async () => {
    expect(await home.cli("logs", "--component", "nobody")).to.include({ stdout: "", stderr: "no line fits\n" });
  });

  it("refuses a time it does not understand", async () => {
    expect(await home.cli("logs", "--since", "yesterday")).to.include({ code: 2 });
  });

  it("keeps the password out of the log, and shows only what is wanted on standard error", async () => {
    const folder = join(home.stateDir(), "logs");
    // Two where a day has ended meanwhile.
    const days = new Set([begun, today()]);
    expect(readdirSync(folder).sort()).to.deep.equal([...days].map((day) => `openclaw-${day}.log`));
    const text = [...days].map((day) => readFileSync(join(folder, `openclaw-${day}.log`), "utf8")).join("");
    expect(text).to.contain('"call"');
    expect(text).to.not.contain(secret);
  });

  it("begins with no line when none is wanted, however far back it looks", async () => {
    expect(await logs("--lines", "0", "--since", "1h")).to.deep.equal([]);
  });

  it("waits for a gateway that goes before its first line, and says so", async () => {
    const other = new CliHome();
    const asked = createServer((request, response) => {
      asked.close();
      request.resume();
      response.writeHead(200, { "content-type": "application/proto", connection: "close" }).end();
    }).listen(0, "127.0.0.1");
    await once(asked, "listening");
    const { port } = asked.address() as AddressInfo;
    await other.configure(undefined, { gateway: { port, auth: { mode: "none" } } });
    const follower = other.start("logs", "--follow");
    await follower.written("waiting for it to start", "stderr");
    await other.remove();
  });

  it("follows over a restart, and reads the file while the gateway is away", async () => {
    const follower = home.start("logs", "--follow", "--level", "info");
    const refusals = () => follower.stdout.split(refused).length - 1;
    // It is there once it shows what was said before.
    await follower.written(refused);
    const before = refusals();
    await home.cli("gateway", "stop");
    await follower.written("stopping");
    const { stdout, stderr } = await home.cli("logs", "--lines", "1", "--level", "info");
    expect(stdout).to.match(/gateway {3}stopped\n$/);
    expect(stderr).to.contain("the gateway does not run; this is what is in ");
    const waiting = home.start("logs", "--follow", "--lines", "1", "--level", "info");
    await waiting.written("waiting for it to start", "stderr");
    const late = home.start("logs", "--follow", "--lines", "0", "--level", "info");
    await late.written("waiting for it to start", "stderr");
    home.start("gateway", "run");
    while ((await home.owner())?.url === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    await home.cli("sessions", "list", "--password", "wrong password");
    await waiting.written(refused);
    await late.written(refused);
    expect(late.stdout).not.to.contain("stopped");
    await until(() => refusals() > before, "the follower is there again");
    expect(follower.stdout.match(/ stopped$/gm)).to.have.length(1);
  });
});
