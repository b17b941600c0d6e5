import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Environment } from "../../../src/config/environment.ts";
import { resolveAuth } from "../../../src/config/gateway/resolve-auth.ts";
import { loadClientConfig, loadConfig } from "../../../src/config/load-config.ts";
import { ConfigHome, configErrorOf } from "../config-home.ts";

const secret = "sk-this-must-never-be-shown";

describe("secret references", function () {
  this.timeout(60_000);
  let home: ConfigHome;

  beforeEach(() => {
    home = new ConfigHome();
  });
  afterEach(() => home.remove());

  /** A configuration whose provider `home` has this key, and these sources of secrets. */
  function load(key: unknown, providers: unknown = {}, environment: Environment = {}) {
    const document = {
      models: { providers: { home: { baseUrl: "http://127.0.0.1:9/v1", apiKey: key } } },
      secrets: { providers },
    };
    return home.load(JSON.stringify(document), environment);
  }

  async function keyOf(loading: ReturnType<typeof load>): Promise<string | undefined> {
    return (await loading).config.models.providers.home?.apiKey;
  }

  /** A program that answers in the protocol, as a script of its own. */
  function program(body: string): string {
    const path = home.write("bin/ask", `#!${process.execPath}\n${body}`);
    chmodSync(path, 0o700);
    return path;
  }

  const asExec = (command: string, more: object = {}) => ({ vault: { source: "exec", command, ...more } });
  const vault = { source: "exec", provider: "vault", id: "team/key" };

  it("are variables", async () => {
    expect(await keyOf(load({ source: "env", id: "MY_KEY" }, {}, { MY_KEY: secret }))).to.equal(secret);
  });

  it("are only the variables a provider allows", async () => {
    const providers = { few: { source: "env", allow: ["OTHER"] } };
    const { unresolvedSecrets } = await load({ source: "env", provider: "few", id: "MY_KEY" }, providers, {
      MY_KEY: secret,
    });
    expect([...unresolvedSecrets.values()]).to.deep.equal(["the provider does not allow the variable MY_KEY"]);
  });

  it("are places in a JSON file", async () => {
    const path = home.write("keys.json", JSON.stringify({ "a/b": [{ key: secret }] }));
    const providers = { default: { source: "file", path } };
    expect(await keyOf(load({ source: "file", id: "/a~1b/0/key" }, providers))).to.equal(secret);
  });

  it("are whole files", async () => {
    const path = home.write("key.txt", `${secret}\n`);
    const providers = { one: { source: "file", path, mode: "singleValue" } };
    expect(await keyOf(load({ source: "file", provider: "one", id: "value" }, providers))).to.equal(secret);
  });

  it("are not read from files others can write", async () => {
    const path = home.write("key.txt", secret);
    chmodSync(path, 0o666);
    const providers = { one: { source: "file", path, mode: "singleValue" } };
    const { unresolvedSecrets } = await load({ source: "file", provider: "one", id: "value" }, providers);
    expect([...unresolvedSecrets.values()][0]).to.contain("can be written by others");
  });

  it("are answers of a program that is asked once for all", async () => {
    const command = program(`
      let input = "";
      process.stdin.on("data", (chunk) => (input += chunk)).on("end", () => {
        const { protocolVersion, provider, ids } = JSON.parse(input);
        const values = Object.fromEntries(ids.map((id) => [id, [protocolVersion, provider, ids.length, id, process.env.SECOND ?? "none", process.env.HIDDEN ?? "none"].join(" ")]));
        console.log(JSON.stringify({ protocolVersion: 1, values }));
      });`);
    const document = {
      models: {
        providers: {
          home: { baseUrl: "http://127.0.0.1:9/v1", apiKey: vault, headers: { "x-key": { ...vault, id: "b" } } },
        },
      },
      secrets: { providers: asExec(command, { passEnv: ["SECOND"] }) },
    };
    const { config } = await home.load(JSON.stringify(document), { SECOND: "given", HIDDEN: "not given" });
    expect(config.models.providers.home?.apiKey).to.equal("1 vault 2 team/key given none");
    expect(config.models.providers.home?.headers).to.deep.equal({ "x-key": "1 vault 2 b given none" });
  });

  const failing: readonly (readonly [what: string, body: string, options: object, reason: string])[] = [
    ["answers in no protocol", "console.log('hello')", {}, "did not answer in protocol version 1"],
    [
      "answers in another version",
      "console.log(JSON.stringify({ protocolVersion: 2, values: {} }))",
      {},
      "protocol version 1",
    ],
    [
      "does not know the secret",
      "console.log(JSON.stringify({ protocolVersion: 1, values: {} }))",
      {},
      "has no value for team/key",
    ],
    ["fails", `console.error("${secret}"); process.exit(3)`, {}, "ended with 3"],
    ["does not answer in time", "setInterval(() => {}, 1000)", { timeoutMs: 50 }, "did not answer within 50 ms"],
    ["writes too much", "process.stdout.write('x'.repeat(100_000))", { maxOutputBytes: 1_000 }, "more than 1000 bytes"],
  ];
  for (const [what, body, options, reason] of failing) {
    it(`cannot be had from a program that ${what}, and the gateway goes on without`, async () => {
      const { unresolvedSecrets, warnings, config } = await load(vault, asExec(program(body), options));
      expect(unresolvedSecrets.get("models.providers.home.apiKey")).to.contain(reason);
      expect(config.models.providers.home?.apiKey).to.equal(undefined);
      expect(warnings.join()).to.contain("models.providers.home.apiKey").and.not.contain(secret);
    });
  }

  it("are not asked of a symbolic link", async () => {
    const link = join(home.path, "link");
    symlinkSync(program(""), link);
    const { unresolvedSecrets } = await load(vault, asExec(link));
    expect([...unresolvedSecrets.values()][0]).to.contain("is a symbolic link");
  });

  it("are named with file, line and what is wrong when they are written wrongly", async () => {
    const message = await configErrorOf(() =>
      home.load('{ models: { providers: { home: {\n  apiKey: { source: "env", id: "lower" } } } } }'),
    );
    expect(message).to.contain("models.providers.home.apiKey: is a secret reference").and.contain("openclaw.json:2:");
    expect(await configErrorOf(() => load({ source: "exec", provider: "vault", id: "../up" }))).to.contain(
      "without dot segments",
    );
    expect(await configErrorOf(() => load({ source: "env", id: "A", value: secret })))
      .to.contain('unknown key "value"')
      .and.not.contain(secret);
  });

  it("are told when no provider has the name", async () => {
    const { unresolvedSecrets } = await load({ source: "file", id: "/a" });
    expect([...unresolvedSecrets.values()]).to.deep.equal(["secrets.providers.default is not set"]);
  });

  it("are not taken where no secret belongs", async () => {
    expect(
      await configErrorOf(() => home.load('{ agents: { defaults: { instructions: { source: "env", id: "A" } } } }')),
    ).to.contain("must be text in quotes, not an object");
  });

  it("keep the value known before when they cannot be had at a reload", async () => {
    const before = await load({ source: "env", id: "MY_KEY" }, {}, { MY_KEY: secret });
    const after = await loadConfig({ environment: {}, home: home.path }, { previousSecrets: before.secrets });
    expect(after.config.models.providers.home?.apiKey).to.equal(secret);
    expect(after.warnings.join()).to.contain("the value known before is used on").and.not.contain(secret);
  });

  describe("of gateway.auth", () => {
    const text = (mode: string): string =>
      `{ gateway: { auth: { mode: "${mode}", token: { source: "env", id: "GATE" }, password: { source: "env", id: "PASS" } } } }`;

    it("close the door when they cannot be had, also to what was known before and to the environment", async () => {
      const before = await home.load(text("token"), { GATE: "oc_tok_a" });
      expect(resolveAuth(before).secret).to.equal("oc_tok_a");
      const environment = { OPENCLAW_GATEWAY_TOKEN: "oc_tok_other" };
      const after = await loadConfig({ environment, home: home.path }, { previousSecrets: before.secrets });
      expect(await configErrorOf(() => resolveAuth(after))).to.contain(
        "gateway.auth.token: its secret cannot be had: the variable GATE is not set",
      );
    });

    it("are left alone when another mode counts", async () => {
      const loaded = await home.load(text("password"), { PASS: "open sesame" });
      expect(resolveAuth(loaded)).to.include({ mode: "password", secret: "open sesame" });
      expect(loaded.warnings).to.deep.equal([]);
    });

    it("are all that a command looks up", async () => {
      const asked = home.write("asked", "");
      const command = program(`require("node:fs").rmSync(${JSON.stringify(asked)})`);
      const document = {
        gateway: { auth: { token: { source: "env", id: "GATE" } } },
        models: { providers: { home: { baseUrl: "http://127.0.0.1:9/v1", apiKey: vault } } },
        secrets: { providers: asExec(command) },
      };
      home.write(".openclaw/openclaw.json", JSON.stringify(document));
      const loaded = await loadClientConfig({ environment: { GATE: "oc_tok_a" }, home: home.path });
      expect(loaded.config.gateway.auth.token).to.equal("oc_tok_a");
      expect(home.exists("asked")).to.equal(true);
    });
  });
});
