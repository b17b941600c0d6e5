import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";
import { CliRun, callCli, readCli, runCli } from "../support/run-cli.ts";

interface Started {
  readonly urls: readonly string[];
  readonly pid: number;
  readonly stateDir: string;
  readonly authMode: string;
  readonly credentialSource: string;
  readonly certificateFingerprint?: string;
}

/** `gateway run` in a folder of its own, as an operator starts it. */
class OwnGateway {
  readonly home = mkdtempSync(join(tmpdir(), "openclaw-test-"));
  readonly environment: Record<string, string>;
  run: CliRun | undefined;

  constructor(config?: object) {
    this.environment = { HOME: this.home, OPENCLAW_STATE_DIR: join(this.home, "state") };
    if (!config) return;
    const path = join(this.home, "openclaw.json");
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
    this.environment.OPENCLAW_CONFIG_PATH = path;
  }

  /** Starts it on a free port, and leads later commands there. */
  async start(...words: string[]): Promise<Started> {
    this.run = new CliRun(["gateway", "run", "--port", "0", "--json", ...words], { environment: this.environment });
    await this.run.written("\n");
    const started: Started = JSON.parse(this.run.stdout);
    this.environment.OPENCLAW_GATEWAY_PORT = new URL(started.urls[0] ?? "").port;
    return started;
  }

  cli(...words: string[]) {
    return runCli(words, { environment: this.environment });
  }

  async remove(): Promise<void> {
    this.run?.child.kill("SIGKILL");
    await this.run?.result;
    rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
  }
}

describe("openclaw gateway run", () => {
  let own: OwnGateway;
  beforeEach(() => {
    own = new OwnGateway();
  });
  afterEach(() => own.remove());

  it("makes a token that the other commands find", async () => {
    const started = await own.start();
    expect(started).to.include({ authMode: "token", credentialSource: join(own.home, "state", "gateway.token") });
    expect(existsSync(started.credentialSource)).to.equal(true);
    expect(await own.cli("agent", "-m", "hello")).to.include({ code: 0, stdout: "hello\n" });
  });

  it("tells an operator where it is, where the token is and what to type next", async () => {
    own.run = new CliRun(["gateway", "run", "--port", "0"], { environment: own.environment });
    await own.run.written("stop with Ctrl+C");
    expect(own.run.stdout).to.match(/^OpenClaw Gateway \S+ is ready\n/);
    expect(own.run.stdout)
      .to.match(/url +http:\/\/127\.0\.0\.1:\d+/)
      .and.to.match(/state +~\/state\n/);
    expect(own.run.stdout).to.match(/token +in ~\/state\/gateway\.token\n/);
    expect(own.run.stdout).to.contain('openclaw agent -m "hello"');
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`stops gracefully on ${signal} and exits with 0`, async () => {
      await own.start();
      own.run?.child.kill(signal);
      const result = await own.run?.result;
      expect(result?.code).to.equal(0);
      expect(result?.stderr).to.contain(`told to stop by ${signal}`).and.to.contain('"stopped"');
    });
  }

  it("stops gracefully although nobody reads what it says any more", async () => {
    own.run = new CliRun(["gateway", "run", "--port", "0"], { environment: own.environment });
    await own.run.written("stop with Ctrl+C");
    own.run.child.stdout.destroy();
    own.run.child.stderr.destroy();
    own.run.child.kill("SIGTERM");
    expect((await own.run.result).code).to.equal(0);
    const logs = join(own.home, "state", "logs");
    const lines = readdirSync(logs).map((name) => readFileSync(join(logs, name), "utf8"));
    expect(lines.join("")).to.contain('"message":"stopped"');
  });

  it("stops at once on the second signal", async () => {
    await own.start();
    const agent = new CliRun(["agent", "-m", `/slow 50\n${"word ".repeat(10_000)}`], { environment: own.environment });
    await agent.written("word");
    own.run?.child.kill("SIGINT");
    await own.run?.written("told to stop", "stderr");
    own.run?.child.kill("SIGINT");
    expect((await own.run?.result)?.code).to.equal(130);
    agent.child.kill("SIGKILL");
    await agent.result;
  });

  it("refuses a state folder that another gateway has", async () => {
    await own.start();
    const { code, stderr } = await own.cli("gateway", "run", "--port", "0");
    expect(code).to.equal(1);
    expect(stderr).to.contain("is used by another gateway").and.to.contain("next: see: openclaw gateway status");
  });

  it("exits with 78 when its state folder can be none, and says how to choose another", async () => {
    const file = join(own.home, "file");
    writeFileSync(file, "");
    for (const [stateDir, why] of [
      [file, "is no folder; move it away, or choose another state directory"],
      [join(file, "state"), "is below something that is no folder; .* OPENCLAW_STATE_DIR chooses another folder"],
    ] as const) {
      own.environment.OPENCLAW_STATE_DIR = stateDir;
      const { code, stderr } = await own.cli("gateway", "run", "--port", "0");
      expect(stderr).to.match(new RegExp(`^error: ${stateDir}: ${why}`));
      expect(code).to.equal(78);
    }
  });

  it("says that its port is taken", async () => {
    await own.start();
    const other = new OwnGateway();
    try {
      const port = own.environment.OPENCLAW_GATEWAY_PORT ?? "";
      const { code, stderr } = await other.cli("gateway", "run", "--port", port);
      expect(code).to.equal(1);
      expect(stderr).to.contain(`port ${port}`).and.to.contain("choose one with --port");
    } finally {
      await other.remove();
    }
  });

  it("exits with 78 when it would not be safe", async () => {
    const { code, stderr } = await own.cli("gateway", "run", "--port", "0", "--bind", "lan", "--auth", "none");
    expect(code).to.equal(78);
    expect(stderr).to.contain("loopback only");
  });

  it("exits with 78 when its certificate cannot be used", async () => {
    const files = { certPath: "/nowhere/cert.pem", keyPath: "/nowhere/key.pem" };
    const other = new OwnGateway({ gateway: { tls: { enabled: true, ...files } } });
    try {
      const { code, stderr } = await other.cli("gateway", "run", "--port", "0");
      expect(code).to.equal(78);
      expect(stderr).to.match(/^error: gateway\.tls: certificate \/nowhere\/cert\.pem .* cannot be used/);
    } finally {
      await other.remove();
    }
  });

  it("exits with 78 when a newer program wrote its store", async () => {
    await own.start();
    own.run?.child.kill("SIGTERM");
    await own.run?.result;
    const store = new DatabaseSync(join(own.home, "state", "openclaw.db"));
    store.exec("PRAGMA user_version = 9999");
    store.close();
    const { code, stderr } = await own.cli("gateway", "run", "--port", "0");
    expect(code).to.equal(78);
    expect(stderr).to.match(/^error: \S+openclaw\.db: has schema 9999, .*start the newer program again/);
  });

  it("logs calls with --verbose", async () => {
    await own.start("--verbose");
    await own.cli("gateway", "health");
    await own.run?.written("GetGateway", "stderr");
  });

  it("takes the password it is given", async () => {
    await own.start("--password", "päss wörd");
    expect(await own.cli("gateway", "health", "--password", "päss wörd")).to.include({ code: 0 });
    const { code, stderr } = await own.cli("gateway", "health", "--password", "other");
    expect(code).to.equal(1);
    expect(stderr).to.contain("the credential came from --password");
  });
});

describe("openclaw gateway, with TLS", () => {
  let own: OwnGateway;
  before(async () => {
    own = new OwnGateway({ gateway: { tls: { enabled: true } } });
    await own.start();
  });
  after(() => own.remove());

  it("is trusted by the commands of its own machine, for calls and for streams", async () => {
    const { code, stdout } = await own.cli("gateway", "status", "--require-rpc");
    expect(code).to.equal(0);
    expect(stdout).to.match(/url +https:/);
    expect(await own.cli("agent", "-m", "secret")).to.include({ code: 0, stdout: "secret\n" });
  });

  it("is not trusted from elsewhere, and not called in the clear", async () => {
    const port = own.environment.OPENCLAW_GATEWAY_PORT;
    const token = readFileSync(join(own.home, "state", "gateway.token"), "utf8").trim();
    const untrusted = await own.cli("gateway", "health", "--url", `https://127.0.0.1:${port}`, "--token", token);
    expect(untrusted.code).to.equal(1);
    expect(untrusted.stderr).to.contain("certificate is not trusted").and.to.contain("NODE_EXTRA_CA_CERTS");
    const clear = await own.cli(
      "gateway",
      "health",
      "--url",
      `http://127.0.0.1:${port}`,
      "--token",
      token,
      "--timeout",
      "500",
    );
    expect(clear.code).to.equal(1);
  });

  it("is stopped like any other", async () => {
    expect((await own.cli("gateway", "stop")).stdout).to.match(/^the gateway at https:\S+ has stopped\n$/);
  });
});

describe("openclaw gateway status, health, stop and call", () => {
  let gateway: GatewayProcess;
  const cli = (...words: string[]) => callCli(gateway, ["gateway", ...words]);
  const nobody = { OPENCLAW_GATEWAY_PORT: "1", OPENCLAW_STATE_DIR: join(tmpdir(), "openclaw-no-state") };
  before(async () => {
    gateway = await startGatewayProcess();
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });

  it("status shows what is set up and what answers", async () => {
    const { code, stdout } = await cli("status");
    expect(code).to.equal(0);
    for (const line of [
      /^gateway +answers in [\d.]+ ms$/m,
      /^state +ready$/m,
      /^version +0\.0\.0-test$/m,
      /^you are +token \(/m,
    ]) {
      expect(stdout).to.match(line);
    }
    expect(stdout)
      .to.match(/^url +http\S+ from OPENCLAW_GATEWAY_URL$/m)
      .and.to.match(/not there; defaults/);
  });

  it("status is one document with --json", async () => {
    const status = await readCli(gateway, "status");
    expect(status).to.deep.include({
      url: gateway.url,
      urlSource: "OPENCLAW_GATEWAY_URL",
      credential: { kind: "token", source: "OPENCLAW_GATEWAY_TOKEN" },
      reachable: true,
    });
    expect(status).to.have.nested.property("gateway.state", "STATE_READY");
    expect(status).to.have.nested.property("caller.principal", "token");
    expect(status).to.have.nested.property("config.valid", true);
    expect(status).to.have.nested.property("tokenFile.exists", false);
    expect(JSON.stringify(status)).not.to.contain(gateway.token);
  });

  it("status exits with 0 when nothing answers, with 1 when something has to", async () => {
    const { code, stdout } = await runCli(["gateway", "status"], { environment: nobody });
    expect(code).to.equal(0);
    expect(stdout)
      .to.contain("no gateway answers at http://127.0.0.1:1")
      .and.to.contain("next: start it with: openclaw gateway run");
    expect((await runCli(["gateway", "status", "--require-rpc"], { environment: nobody })).code).to.equal(1);
  });

  it("status asks nobody with --no-probe", async () => {
    const { code, stdout } = await runCli(["gateway", "status", "--no-probe"], { environment: nobody });
    expect(code).to.equal(0);
    expect(stdout).to.match(/^gateway +not asked$/m);
  });

  it("status says what is wrong with the configuration, and exits with 78", async () => {
    const own = new OwnGateway({ logging: { level: "loud" } });
    try {
      const { code, stdout } = await own.cli("gateway", "status", "--no-probe");
      expect(code).to.equal(78);
      expect(stdout).to.match(/^wrong: logging\.level: must be .* at ~\/openclaw\.json:1:\d+/m);
    } finally {
      await own.remove();
    }
  });

  it("health is short, and exits with 0 when the gateway is ready", async () => {
    expect(await cli("health")).to.include({ code: 0, stderr: "" });
    expect(await readCli(gateway, "health")).to.deep.include({ ok: true, state: "STATE_READY", activeRuns: 0 });
  });

  it("health says how to start a gateway, and exits with 1, when none answers", async () => {
    expect(await runCli(["health"], { environment: nobody })).to.deep.equal({
      code: 1,
      stdout: "",
      stderr:
        "error: no gateway answers at http://127.0.0.1:1 (the connection was refused)\n  next: start it with: openclaw gateway run\n",
    });
  });

  it("says where the token is when the one given is wrong", async () => {
    const { code, stderr } = await callCli(gateway, ["health", "--token", "wrong"]);
    expect(code).to.equal(1);
    expect(stderr).to.contain("the credential is not valid here").and.to.contain("the credential came from --token");
  });

  it("gives up in time on something that never answers", async () => {
    process.kill(gateway.pid, "SIGSTOP");
    try {
      const { code, stderr } = await cli("health", "--timeout", "300");
      expect(code).to.equal(1);
      expect(stderr).to.contain("it did not answer in time").and.to.contain("--timeout");
    } finally {
      process.kill(gateway.pid, "SIGCONT");
    }
  });

  it("tells apart what is no gateway", async () => {
    const { code, stderr } = await cli("health", "--url", `${gateway.url}/elsewhere`, "--token", gateway.token);
    expect(code).to.equal(1);
    expect(stderr).to.match(/what answers at \S+\/elsewhere is not an OpenClaw gateway \(HTTP 404\)/);
  });

  it("stop says that there is nothing to stop, and exits with 0", async () => {
    expect(await runCli(["gateway", "stop"], { environment: nobody })).to.deep.equal({
      code: 0,
      stdout: "no gateway runs at http://127.0.0.1:1\n",
      stderr: "",
    });
  });

  it("stop waits until the gateway is gone", async () => {
    const other = await startGatewayProcess();
    const { code, stdout } = await callCli(other, ["gateway", "stop"]);
    expect([code, stdout]).to.deep.equal([0, `the gateway at ${other.url} has stopped\n`]);
    expect(await other.exited).to.equal(0);
    await removeHome(other.home);
  });

  it("call lists every method", async () => {
    const lines = (await cli("call")).stdout.trimEnd().split("\n");
    expect(lines).to.include.members(["GatewayService/GetGateway", "RunService/WatchRun  stream"]);
  });

  it("call takes full and short names, and parameters", async () => {
    for (const name of ["openclaw.gateway.v1.SessionService/GetSession", "Session/GetSession", "getsession"]) {
      const { stdout } = await cli("call", name, "--params", '{"name": "sessions/main"}');
      expect(JSON.parse(stdout), name).to.have.nested.property("session.name", "sessions/main");
    }
  });

  it("call reads parameters from standard input and fills in a request_id", async () => {
    const words = ["gateway", "call", "CreateSession", "--params", "-"];
    const { code, stdout } = await callCli(gateway, words, { input: '{"sessionId": "called"}' });
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.have.nested.property("session.name", "sessions/called");
  });

  it("call prints a stream as one line a message", async () => {
    const { run } = await readCli<{ run: { name: string } }>(gateway, "agent", "-m", "stream this");
    const { stdout } = await cli("call", "WatchRun", "--params", JSON.stringify({ name: run.name }));
    const messages = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(messages.map(({ delta }) => delta?.text ?? "").join("")).to.equal("stream this");
  });

  it("call tells what the gateway refused, field by field", async () => {
    const { code, stderr } = await cli("call", "CreateRun", "--params", '{"parent": "nonsense"}', "--json");
    expect(code).to.equal(1);
    const { error } = JSON.parse(stderr);
    expect(error).to.include({ code: "invalid_argument", reason: "FIELD_INVALID" });
    expect(error.violations.map(({ field }: { field: string }) => field)).to.include("parent");
  });
});

describe("openclaw models, clients and usage", () => {
  let gateway: GatewayProcess;
  before(async () => {
    gateway = await startGatewayProcess();
    for (const session of ["main", "other"]) await readCli(gateway, "agent", "--session", session, "-m", "hello");
  });
  after(async () => {
    await gateway.stop();
    await removeHome(gateway.home);
  });

  it("models list shows what can be used", async () => {
    const { models } = await readCli<{ models: object[] }>(gateway, "models", "list", "echo");
    expect(models).to.have.length(1);
    expect(models[0]).to.include({ reference: "echo/echo", usable: true, default: true });
    expect((await callCli(gateway, ["models"])).stdout).to.match(/^echo\/echo +yes/m);
  });

  it("clients list shows itself", async () => {
    const { stdout } = await callCli(gateway, ["clients"]);
    expect(stdout)
      .to.match(/^ADDRESS +PRINCIPAL +PROTOCOL/)
      .and.to.match(/token +HTTP\/1\.1 +1 .*openclaw-cli$/m);
  });

  it("usage sums by day, model or session", async () => {
    const rows = async (by: string) =>
      (await readCli<{ rows: { group: string; runs: number }[] }>(gateway, "usage", "--by", by)).rows;
    expect((await rows("model")).map(({ group, runs }) => [group, runs])).to.deep.equal([["echo/echo", 2]]);
    expect((await rows("session")).map(({ group }) => group)).to.have.members(["sessions/main", "sessions/other"]);
    const { stdout } = await callCli(gateway, ["usage"]);
    expect(stdout)
      .to.match(/^DAY +RUNS +TOKENS IN/)
      .and.to.match(/^total +2 /m);
  });
});
