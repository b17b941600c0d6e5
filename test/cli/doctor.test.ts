import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CliHome } from "../support/cli-home.ts";

interface Told {
  readonly ok: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly {
    readonly check: string;
    readonly severity: string;
    readonly subject: string;
    readonly fixable: boolean;
    readonly repaired?: string;
  }[];
}

describe("openclaw doctor", function () {
  this.timeout(60_000);
  let home: CliHome;
  beforeEach(async () => {
    home = new CliHome();
    await home.configure();
  });
  afterEach(() => home.remove());

  const examine = async (...words: string[]) => {
    const { code, stdout, stderr } = await home.cli(...words, "--json");
    if (stdout === "") throw new Error(stderr);
    return { code, told: JSON.parse(stdout) as Told };
  };

  it("finds no error in what was just set up, and changes nothing", async () => {
    const { code, told } = await examine("doctor");
    expect(code).to.equal(0);
    expect(told).to.deep.include({ ok: true });
    expect(told.counts).to.include({ error: 0, repaired: 0 });
    expect(told.findings.map(({ check }) => check)).to.include("models");
    expect(await home.owner()).to.equal(undefined);
  });

  it("exits with 1 when something is wrong, and says where", async () => {
    writeFileSync(join(home.stateDir(), "openclaw.json"), "{ gateway: { prot: 1 } }", { mode: 0o600 });
    const { code, stdout } = await home.cli("doctor");
    expect(code).to.equal(1);
    expect(stdout).to.match(/error\s+gateway\.prot: unknown key .*openclaw\.json:1:/);
    expect(stdout).to.contain("did you mean gateway.port?");
  });

  it("looks at everything else when the state folder is none, and says that it is none", async () => {
    const file = join(home.path, "file");
    writeFileSync(file, "");
    home.environment.OPENCLAW_STATE_DIR = file;
    const { code, stdout, stderr } = await home.cli("doctor");
    expect([code, stderr]).to.deep.equal([1, ""]);
    expect(stdout).to.contain("~/file: is no folder [files]");
  });

  it("with --fix, repairs what is safe, says so, and exits with 0 then", async () => {
    const token = join(home.stateDir(), "gateway.token");
    writeFileSync(token, "oc_tok_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTIzNDU2Nzg\n", { mode: 0o644 });
    chmodSync(home.stateDir(), 0o755);
    expect((await examine("doctor")).code).to.equal(1);
    const { code, told } = await examine("doctor", "--fix");
    expect(code).to.equal(0);
    expect(told.findings.find(({ subject }) => subject === token)).to.include({ repaired: "its mode is 600 now" });
    expect(statSync(token).mode & 0o777).to.equal(0o600);
    expect((await examine("doctor")).told.counts).to.include({ repaired: 0, error: 0 });
  });

  it("asks the gateway that runs to look at its store and models", async () => {
    await home.cli("gateway", "start");
    const { code, told } = await examine("doctor", "--deep");
    expect(code).to.equal(0);
    expect(told.findings.map(({ check, severity }) => `${severity} ${check}`)).to.include("info models");
    const remote = await examine(...["doctor", "--url", (await home.owner())?.url ?? "", "--token", "wrong"]).catch(
      (error: Error) => error.message,
    );
    expect(remote).to.contain("credential");
  });

  it("finds a store that is damaged when no gateway runs", async () => {
    mkdirSync(home.stateDir(), { recursive: true });
    writeFileSync(join(home.stateDir(), "openclaw.db"), "this is no database".repeat(1_000), { mode: 0o600 });
    const { code, told } = await examine("doctor");
    expect(code).to.equal(1);
    expect(told.findings.some(({ check, severity }) => check === "store" && severity === "error")).to.equal(true);
  });
});

describe("openclaw security audit", function () {
  this.timeout(60_000);
  let home: CliHome;
  beforeEach(() => {
    home = new CliHome();
  });
  afterEach(() => home.remove());

  it("exits with 0 for a gateway as it is made, also when it knocks at its door", async () => {
    await home.configure();
    await home.cli("gateway", "start");
    const { code, stdout } = await home.cli("security", "audit", "--deep", "--json");
    expect(code).to.equal(0);
    const { findings } = JSON.parse(stdout) as Told;
    expect(findings.filter(({ severity }) => severity === "error")).to.deep.equal([]);
  });

  it("exits with 1 for a weak token that others can try", async () => {
    await home.configure(undefined, { gateway: { bind: "lan", auth: { token: "letmein" } } });
    const { code, stdout } = await home.cli("security", "audit");
    expect(code).to.equal(1);
    expect(stdout).to.contain("gateway.bind").and.to.contain("gateway.auth.token").and.not.to.contain("letmein");
  });

  it("is about this machine", async () => {
    await home.configure();
    const { code } = await home.cli("security", "audit", "--url", "http://127.0.0.1:1", "--token", "t");
    expect(code).to.equal(78);
  });
});
