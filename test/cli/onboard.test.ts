import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CliHome } from "../support/cli-home.ts";
import type { FakeModelServer } from "../support/fake-model-servers/fake-model-server.ts";
import { startFakeOpenAi } from "../support/fake-model-servers/fake-openai.ts";
import { freePort } from "../support/free-port.ts";
import { CliRun, hasTerminal, runCli } from "../support/run-cli.ts";

interface Told {
  readonly changed: { readonly keys: string[]; readonly variables: string[] };
  readonly answer?: string;
  readonly channels: string[];
  readonly gateway?: { readonly url: string };
  readonly modelTest?: { readonly problem: string };
}

describe("openclaw onboard", function () {
  this.timeout(60_000);
  const scripted = ["onboard", "--non-interactive", "--accept-risk"];
  let home: CliHome;
  let provider: FakeModelServer | undefined;
  beforeEach(() => {
    home = new CliHome();
  });
  afterEach(async () => {
    await home.remove();
    await provider?.close();
    provider = undefined;
  });

  const configText = () => readFileSync(join(home.stateDir(), "openclaw.json"), "utf8");
  const withKey = (key: string) =>
    startFakeOpenAi(({ headers }) => {
      if (headers.authorization === `Bearer ${key}`) return { text: "hello, I am the fake" };
      return { fault: { kind: "status", status: 401, code: "invalid_api_key", message: "wrong key" } };
    });
  const onboard = async (...words: string[]): Promise<Told> => home.read<Told>(...scripted, ...words);

  it("sets everything up from nothing: key, model, address, workspace, process, and an answer at the end", async () => {
    provider = await withKey("sk-right");
    const port = await freePort();
    const words = [
      "--model",
      "fake/one",
      "--base-url",
      provider.url,
      "--api-key-stdin",
      "--gateway-port",
      String(port),
    ];
    const { code, stdout } = await runCli(
      [...scripted, ...words, "--workspace", "~/work", "--start", "background", "--json"],
      {
        environment: home.environment,
        input: "sk-right\n",
      },
    );
    expect(code).to.equal(0);
    const told = JSON.parse(stdout) as Told;
    expect(told.answer).to.equal("hello, I am the fake");
    expect(told.modelTest).to.include({ problem: "" });
    expect(told.gateway?.url).to.equal(`http://127.0.0.1:${port}`);
    expect(told.changed.variables).to.deep.equal(["FAKE_API_KEY"]);
    expect(told.channels).to.deep.equal([]);
    const env = join(home.stateDir(), ".env");
    expect(readFileSync(env, "utf8")).to.equal("FAKE_API_KEY=sk-right\n");
    expect(statSync(env).mode & 0o777).to.equal(0o600);
    expect(configText()).not.to.contain("sk-right");
    expect(existsSync(join(home.path, "work"))).to.equal(true);
  });

  it("changes nothing when the model does not take the key", async () => {
    provider = await withKey("sk-right");
    const words = ["--model", "fake/one", "--base-url", provider.url, "--api-key", "sk-wrong", "--start", "none"];
    const { code, stderr } = await home.cli(...scripted, ...words);
    expect(code).to.equal(1);
    expect(stderr).to.contain("wrong key").and.to.contain("nothing was changed");
    expect(existsSync(home.stateDir())).to.equal(false);
  });

  it("done again, changes only what is asked, and keeps comments", async () => {
    await home.configure();
    const path = join(home.stateDir(), "openclaw.json");
    writeFileSync(path, "{\n  // mine\n  messages: { queue: { cap: 7 } }, // yours\n}\n", { mode: 0o600 });
    const { changed } = await onboard("--workspace", "~/w", "--start", "none");
    expect(changed).to.deep.equal({ keys: ["agents.defaults.workspace"], variables: [] });
    expect(configText()).to.contain("// mine").and.to.contain("// yours").and.to.contain("cap: 7");
    const again = await onboard("--workspace", "~/w", "--start", "none");
    expect(again.changed).to.deep.equal({ keys: [], variables: [] });
  });

  it("puts a key into the configuration when it is asked to", async () => {
    await onboard(
      ...[
        "--model",
        "openai/gpt-5",
        "--api-key",
        "sk-in-file",
        "--key-place",
        "config",
        "--skip-model-test",
        "--start",
        "none",
      ],
    );
    expect(configText()).to.contain("sk-in-file");
    expect(existsSync(join(home.stateDir(), ".env"))).to.equal(false);
  });

  it("names the variable where a key was written before", async () => {
    await home.configure(undefined, { models: { providers: { openai: { apiKey: "sk-old" } } } } as object);
    const { changed } = await onboard(
      ...["--model", "openai/gpt-5", "--api-key", "sk-new", "--skip-model-test", "--start", "none"],
    );
    expect(changed.keys).to.include("models.providers.openai.apiKey");
    expect(configText()).not.to.contain("sk-old");
    expect(configText()).to.contain("${OPENAI_API_KEY}");
  });

  it("changes a gateway that runs through itself: it takes a new password, and answers", async () => {
    const port = await home.configure();
    await home.cli("gateway", "start");
    const { pid } = (await home.owner()) ?? { pid: 0 };
    const { changed, answer } = await onboard(
      "--gateway-password",
      "a long enough password",
      "--message",
      "still there?",
    );
    expect(changed).to.deep.equal({ keys: ["gateway.auth.mode"], variables: ["OPENCLAW_GATEWAY_PASSWORD"] });
    expect(answer).to.equal("still there?");
    expect((await home.owner())?.pid).to.equal(pid);
    const token = readFileSync(join(home.stateDir(), "gateway.token"), "utf8").trim();
    const refused = await home.cli("gateway", "health", "--url", `http://127.0.0.1:${port}`, "--token", token);
    expect(refused.code).to.equal(1);
  });

  it("wants to know that the risk is seen, and options that go together", async () => {
    for (const words of [
      ["onboard", "--non-interactive"],
      ["onboard"],
      [...scripted, "--api-key", "k"],
      [...scripted, "--model", "openai/gpt-5", "--api-key", "k", "--api-key-stdin"],
      [...scripted, "--gateway-token", "t", "--gateway-password", "p"],
      [...scripted, "--gateway-auth", "password", "--gateway-token", "t"],
      [...scripted, "--gateway-auth", "token", "--gateway-password", "p"],
    ]) {
      expect((await home.cli(...words)).code, words.join(" ")).to.equal(2);
    }
    expect(existsSync(home.stateDir())).to.equal(false);
  });

  it("asks in a terminal, and does what was answered", async function () {
    if (!hasTerminal()) return this.skip();
    const port = await home.configure();
    const run = new CliRun(["onboard", "--start", "none", "--no-message"], {
      environment: home.environment,
      terminal: true,
    });
    const answer = async (question: string, keys: string): Promise<void> => {
      await run.written(question);
      run.child.stdin.write(keys);
    };
    await answer("go on?", "\r");
    await answer("who answers", "\r");
    await answer("callers prove who they are with", "\r");
    await answer("the gateway can be reached from", "\r");
    await answer("port", "\r");
    await answer("folder agents work in", `${"\x7f".repeat(40)}~/asked\r`);
    await answer("write to the agent on", "\r");
    await answer("run it", "\x1b[B\r");
    const { code, stdout } = await run.result;
    expect(code, stdout).to.equal(0);
    expect(stdout).to.contain("agents.defaults.workspace");
    expect(JSON.parse(configText())).to.deep.equal({
      gateway: { port },
      agents: { defaults: { workspace: "~/asked" } },
    });
  });

  it("left with Ctrl+C, has changed nothing", async function () {
    if (!hasTerminal()) return this.skip();
    const run = new CliRun(["onboard"], { environment: home.environment, terminal: true });
    await run.written("go on?");
    run.child.stdin.write("\x03");
    const { code } = await run.result;
    expect(code).to.be.oneOf([1, 130]);
    expect(existsSync(home.stateDir())).to.equal(false);
  });
});
