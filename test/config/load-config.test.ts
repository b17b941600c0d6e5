import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { defaultConfig } from "../../src/config/config.ts";
import { loadClientConfig, loadConfig } from "../../src/config/load-config.ts";
import { ConfigHome, configErrorOf } from "./config-home.ts";

describe("loadConfig", () => {
  let home: ConfigHome;

  beforeEach(() => {
    home = new ConfigHome();
  });
  afterEach(() => home.remove());

  it("uses the defaults when there is no file", async () => {
    const loaded = await loadConfig({ environment: {}, home: home.path });
    expect(loaded.config).to.deep.equal(defaultConfig);
    expect(loaded.exists).to.equal(false);
    expect(loaded.path).to.equal(join(home.path, ".openclaw/openclaw.json"));
    expect(loaded.stateDir).to.equal(join(home.path, ".openclaw"));
    expect(loaded.warnings).to.deep.equal([]);
  });

  it("fills in every default beside what the file says", async () => {
    const loaded = await home.load("{gateway: {port: 4000}, agents: {defaults: {maxSteps: 7}}}");
    expect(loaded.exists).to.equal(true);
    expect(loaded.config).to.deep.equal({
      ...defaultConfig,
      gateway: { ...defaultConfig.gateway, port: 4000 },
      agents: { defaults: { ...defaultConfig.agents.defaults, maxSteps: 7 } },
    });
  });

  it("reads JSON5: comments, single quotes, trailing commas, bare keys, a byte order mark", async () => {
    const { config } = await home.load("\uFEFF// mine\n{gateway: {'bind': 'lan', /* why */ \"port\": 0x10,},}");
    expect(config.gateway).to.include({ bind: "lan", port: 16 });
  });

  it("allows $schema", async () => {
    const { config } = await home.load('{"$schema": "https://example.com/schema.json"}');
    expect(config.$schema).to.equal("https://example.com/schema.json");
  });

  it("takes a model as text and as an object", async () => {
    const text = await home.load('{agents: {defaults: {model: "openai/gpt-5"}}}');
    expect(text.config.agents.defaults.model).to.deep.equal({ primary: "openai/gpt-5", fallbacks: [] });
    const object = await home.load('{agents: {defaults: {model: {primary: "a/b", fallbacks: ["c/d/e"]}}}}');
    expect(object.config.agents.defaults.model).to.deep.equal({ primary: "a/b", fallbacks: ["c/d/e"] });
  });

  it("takes providers with keys, headers and models", async () => {
    const provider = {
      baseUrl: "https://api.example.com/v1",
      api: "openai-completions",
      apiKey: "k",
      headers: { "X-Team": "a" },
      models: [
        { id: "m", contextTokens: 1000, maxOutputTokens: 10, input: ["text", "image"], cost: { input: 2, output: 8 } },
      ],
      timeoutSeconds: 5,
    };
    const { config } = await home.load(JSON.stringify({ models: { providers: { example: provider } } }));
    expect(config.models.providers).to.deep.equal({ example: provider });
  });

  describe("places", () => {
    it("reads OPENCLAW_STATE_DIR/openclaw.json", async () => {
      home.write("state/openclaw.json", "{gateway: {port: 1}}");
      const loaded = await loadConfig({ environment: { OPENCLAW_STATE_DIR: "~/state" }, home: home.path });
      expect(loaded.stateDir).to.equal(join(home.path, "state"));
      expect(loaded.config.gateway.port).to.equal(1);
    });

    it("reads OPENCLAW_CONFIG_PATH and keeps the state folder where it is", async () => {
      const path = home.write("elsewhere/my.json5", "{gateway: {port: 2}}");
      const loaded = await loadConfig({ environment: { OPENCLAW_CONFIG_PATH: path }, home: home.path });
      expect(loaded.path).to.equal(path);
      expect(loaded.stateDir).to.equal(join(home.path, ".openclaw"));
      expect(loaded.config.gateway.port).to.equal(2);
    });

    it("warns when OPENCLAW_CONFIG_PATH names no file", async () => {
      const loaded = await loadConfig({ environment: { OPENCLAW_CONFIG_PATH: "~/gone.json" }, home: home.path });
      expect(loaded.exists).to.equal(false);
      expect(loaded.warnings).to.deep.equal([
        "OPENCLAW_CONFIG_PATH names ~/gone.json, which does not exist; defaults are used",
      ]);
    });

    it("takes an empty variable for none", async () => {
      const environment = { OPENCLAW_STATE_DIR: "", OPENCLAW_CONFIG_PATH: "" };
      const loaded = await loadConfig({ environment, home: home.path });
      expect(loaded.path).to.equal(join(home.path, ".openclaw/openclaw.json"));
    });
  });

  describe("files it refuses", () => {
    const path = ".openclaw/openclaw.json";
    const load = () => loadConfig({ environment: {}, home: home.path });

    it("refuses a symbolic link", async () => {
      home.write("real.json", "{}");
      mkdirSync(home.stateDir);
      symlinkSync(join(home.path, "real.json"), join(home.path, path));
      expect(await configErrorOf(load)).to.equal(
        "~/.openclaw/openclaw.json: is a symbolic link; put the file itself there, or name it in OPENCLAW_CONFIG_PATH",
      );
    });

    it("refuses a folder", async () => {
      mkdirSync(join(home.path, path), { recursive: true });
      expect(await configErrorOf(load)).to.equal(
        "~/.openclaw/openclaw.json: is not a regular file; move it away and put a file there",
      );
    });

    it("refuses more than 2 MB", async () => {
      home.write(path, " ".repeat(2 * 1024 * 1024 + 1));
      expect(await configErrorOf(load)).to.equal(
        "~/.openclaw/openclaw.json: is larger than 2097152 bytes; make it smaller",
      );
    });

    it("refuses what is not UTF-8", async () => {
      home.write(path, Uint8Array.of(0x7b, 0xff, 0x7d));
      expect(await configErrorOf(load)).to.equal("~/.openclaw/openclaw.json: is not UTF-8 text; save it as UTF-8");
    });
  });

  describe("problems", () => {
    const cases: Record<string, [text: string, message: string]> = {
      "an unknown key and the one that was meant": [
        "{\n  gateway: {\n    prot: 1,\n  },\n}",
        "gateway.prot: unknown key at ~/.openclaw/openclaw.json:3:5; did you mean gateway.port?",
      ],
      "an unknown key that lives elsewhere": [
        "{port: 1}",
        "port: unknown key at ~/.openclaw/openclaw.json:1:2; did you mean gateway.port?",
      ],
      "an unknown key like no other": [
        "{messages: {zebra: 1}}",
        "messages.zebra: unknown key at ~/.openclaw/openclaw.json:1:13; known keys here: ackReaction, ackReactionScope, botLoop, groupChat, inbound, queue, removeAckAfterReply, responsePrefix, responseUsage",
      ],
      "an unknown key inside a provider": [
        "{models: {providers: {x: {apiKye: 'k'}}}}",
        "models.providers.x.apiKye: unknown key at ~/.openclaw/openclaw.json:1:27; did you mean models.providers.x.apiKey?",
      ],
      "an unknown key inside a model, which may also be text": [
        "{agents: {defaults: {model: {primary: 'a/b', fallback: []}}}}",
        "agents.defaults.model.fallback: unknown key at ~/.openclaw/openclaw.json:1:46; did you mean agents.defaults.model.fallbacks?",
      ],
      "text where a number belongs": [
        "{gateway: {port: '1'}}",
        "gateway.port: must be a whole number, not text at ~/.openclaw/openclaw.json:1:18",
      ],
      "text where any number belongs": [
        "{diagnostics: {otel: {sampleRate: '1'}}}",
        "diagnostics.otel.sampleRate: must be a number, not text at ~/.openclaw/openclaw.json:1:35",
      ],
      "a fraction where a whole number belongs": [
        "{gateway: {port: 1.5}}",
        "gateway.port: must be a whole number, not a fraction at ~/.openclaw/openclaw.json:1:18",
      ],
      "a number that is too large": [
        "{gateway: {port: 65536}}",
        "gateway.port: must be at most 65535 at ~/.openclaw/openclaw.json:1:18",
      ],
      "a number that is much too large, once": [
        "{agents: {defaults: {maxSteps: 1e300}}}",
        "agents.defaults.maxSteps: must be at most 10000 at ~/.openclaw/openclaw.json:1:32",
      ],
      "a number that is too small": [
        "{messages: {queue: {cap: 0}}}",
        "messages.queue.cap: must be at least 1 at ~/.openclaw/openclaw.json:1:26",
      ],
      "a word that is none of those allowed": [
        "{logging: {level: 'loud'}}",
        'logging.level: must be one of "debug", "info", "warn", "error", "silent" at ~/.openclaw/openclaw.json:1:19',
      ],
      "a mode other than local": [
        "{gateway: {mode: 'remote'}}",
        'gateway.mode: must be "local" at ~/.openclaw/openclaw.json:1:18',
      ],
      "a list where an object belongs": [
        "[]",
        "the file: must be an object, not a list at ~/.openclaw/openclaw.json:1:1",
      ],
      "null where an object belongs": [
        "{messages: null}",
        "messages: must be an object, not null at ~/.openclaw/openclaw.json:1:12",
      ],
      "a model that is neither text nor object": [
        "{agents: {defaults: {model: 3}}}",
        "agents.defaults.model: must be text in quotes, not a number at ~/.openclaw/openclaw.json:1:29",
      ],
      "a model without a provider": [
        "{agents: {defaults: {model: 'gpt-5'}}}",
        'agents.defaults.model: must be "provider/model", for example "openai/gpt-5" at ~/.openclaw/openclaw.json:1:29',
      ],
      "a missing key, at the object that lacks it": [
        "{models: {providers: {x: {models: [{}]}}}}",
        "models.providers.x.models[0].id: is missing at ~/.openclaw/openclaw.json:1:36",
      ],
      "a provider id nobody could write": [
        "{models: {providers: {'My AI': {}}}}",
        'models.providers["My AI"]: is not a valid id: must be lower-case letters, digits, - and _ at ~/.openclaw/openclaw.json:1:32',
      ],
      "an address that is none": [
        "{models: {providers: {x: {baseUrl: 'ftp://x'}}}}",
        "models.providers.x.baseUrl: must be an http or https address at ~/.openclaw/openclaw.json:1:36",
      ],
      "an origin with a path": [
        "{gateway: {controlUi: {allowedOrigins: ['https://a.example/x']}}}",
        'gateway.controlUi.allowedOrigins[0]: must be "*" or an origin like "https://assistant.example" at ~/.openclaw/openclaw.json:1:41',
      ],
      "a key file without its certificate": [
        "{gateway: {tls: {enabled: true, keyPath: 'k'}}}",
        "gateway.tls.certPath: is needed with keyPath at ~/.openclaw/openclaw.json:1:17",
      ],
      "no certificate when none may be made": [
        "{gateway: {tls: {enabled: true, autoGenerate: false}}}",
        "gateway.tls.certPath: is needed when autoGenerate is off at ~/.openclaw/openclaw.json:1:17",
      ],
      "an empty secret": [
        "{gateway: {auth: {password: ''}}}",
        "gateway.auth.password: must not be empty at ~/.openclaw/openclaw.json:1:29",
      ],
      "a secret that is too short": [
        "{channels: {webhook: {secret: 'short'}}}",
        "channels.webhook.secret: must have at least 16 characters at ~/.openclaw/openclaw.json:1:31",
      ],
      "a key given twice": [
        "{gateway: {port: 1,\n port: 2}}",
        "gateway.port: given twice, first in line 1 at ~/.openclaw/openclaw.json:2:2",
      ],
      "text that is not JSON5": [
        '{gateway: {\n  "port" 1}}',
        'the file: is not JSON5: unexpected "1" at ~/.openclaw/openclaw.json:2:10',
      ],
      "an empty file": ["", "the file: is not JSON5: it ends too early at ~/.openclaw/openclaw.json:1:1"],
      "text nested without end": [
        "[".repeat(100_000),
        "the file: is nested more than 100 levels deep at ~/.openclaw/openclaw.json:1:1",
      ],
    };
    for (const [what, [text, message]] of Object.entries(cases)) {
      it(`reports ${what}`, async () => {
        expect(await configErrorOf(() => home.load(text))).to.equal(message);
      });
    }

    it("reports every problem at once, each with its place", async () => {
      const text = "{\n  gateway: {port: -1, bnid: 'lan'},\n  logging: {level: 3},\n}";
      expect((await configErrorOf(() => home.load(text))).split("\n")).to.have.members([
        "gateway.port: must be at least 0 at ~/.openclaw/openclaw.json:2:19",
        "gateway.bnid: unknown key at ~/.openclaw/openclaw.json:2:23; did you mean gateway.bind?",
        'logging.level: must be one of "debug", "info", "warn", "error", "silent" at ~/.openclaw/openclaw.json:3:20',
      ]);
    });

    it("never repeats a value, which may be a secret", async () => {
      const texts = [
        "{gateway: {auth: {token: 'my secret', mode: 'my secret'}}}",
        "{gateway: {auth: {token: mysecret}}}",
      ];
      for (const text of texts) expect(await configErrorOf(() => home.load(text))).not.to.match(/my ?secret/);
    });

    it("does not take a key for something every object has", async () => {
      expect(await configErrorOf(() => home.load('{gateway: {"__proto__": {port: 1}}}'))).to.match(
        /^gateway.__proto__: unknown key/,
      );
      expect(await configErrorOf(() => home.load("{constructor: {}}"))).to.match(/^constructor: unknown key/);
    });
  });

  describe("variables", () => {
    it("fills them in, several in one text", async () => {
      const { config } = await home.load("{gateway: {auth: {token: '${A}-${B_2}'}}}", { A: "a", B_2: "b" });
      expect(config.gateway.auth.token).to.equal("a-b");
    });

    it("leaves $${NAME} as ${NAME}", async () => {
      const { config, warnings } = await home.load("{agents: {defaults: {instructions: '$${A} ${A}'}}}", { A: "a" });
      expect(config.agents.defaults.instructions).to.equal("${A} a");
      expect(warnings).to.deep.equal([]);
    });

    it("knows upper-case names only", async () => {
      const { config } = await home.load("{agents: {defaults: {instructions: '${a} $A ${A b}'}}}", { a: "x", A: "x" });
      expect(config.agents.defaults.instructions).to.equal("${a} $A ${A b}");
    });

    it("does not look inside what a variable holds", async () => {
      const { config } = await home.load("{agents: {defaults: {instructions: '${A}'}}}", { A: "${B}", B: "b" });
      expect(config.agents.defaults.instructions).to.equal("${B}");
    });

    it("keeps a missing one as it is and warns", async () => {
      const loaded = await home.load("{models: {providers: {x: {apiKey: '${MISSING}', headers: {'X-A': '${GONE}'}}}}}");
      expect(loaded.config.models.providers.x?.apiKey).to.equal("${MISSING}");
      expect([...loaded.unresolved]).to.deep.equal([
        ["models.providers.x.apiKey", "MISSING"],
        ["models.providers.x.headers.X-A", "GONE"],
      ]);
      expect(loaded.warnings).to.deep.equal([
        "models.providers.x.apiKey names the variable MISSING, which is not set",
        "models.providers.x.headers.X-A names the variable GONE, which is not set",
      ]);
    });

    it("checks the value after they are filled in", async () => {
      const load = () => home.load("{gateway: {bind: '${BIND}'}}", { BIND: "everywhere" });
      expect(await configErrorOf(load)).to.match(/^gateway.bind: must be one of /);
    });
  });
});

describe("loadClientConfig", () => {
  let home: ConfigHome;

  beforeEach(() => {
    home = new ConfigHome();
  });
  afterEach(() => home.remove());

  const load = (text: string) => {
    home.write(".openclaw/openclaw.json", text);
    return loadClientConfig({ environment: { TOKEN: "t" }, home: home.path });
  };

  it("uses the defaults when there is no file", async () => {
    const { config } = await loadClientConfig({ environment: {}, home: home.path });
    expect(config).to.deep.equal(defaultConfig);
  });

  for (const text of [
    "{}",
    "{gateway: {}}",
    "{gateway: {port: 3, auth: {mode: 'token', token: '${TOKEN}'}}}",
    "{$schema: 'x', gateway: {mode: 'local', bind: 'custom', customBindHost: '10.0.0.1', allowedHosts: [], controlUi: {}}}",
    "{gateway: {auth: {password: 'p w'}, tls: {enabled: true}}}",
    "{gateway: {tls: {enabled: true, autoGenerate: false, certPath: 'c', keyPath: 'k'}}}",
  ]) {
    it(`sees in ${text} what the gateway sees`, async () => {
      const quick = (await load(text)).config.gateway;
      const full = (await home.load(text, { TOKEN: "t" })).config.gateway;
      for (const key of ["port", "auth", "tls"] as const) {
        expect(JSON.parse(JSON.stringify({ value: quick[key] }))).to.deep.equal(
          JSON.parse(JSON.stringify({ value: full[key] })),
        );
      }
    });
  }

  for (const text of [
    "[]",
    "{gateway: 3}",
    "{gateway: {port: '3'}}",
    "{gateway: {port: 70000}}",
    "{gateway: {auth: {mode: 'open'}}}",
    "{gateway: {auth: {token: 'a b'}}}",
    "{gateway: {auth: {tokn: 'a'}}}",
    "{gateway: {auth: null}}",
    "{gateway: {prot: 3}}",
    "{gatewy: {port: 3}}",
    "{gateway: {tls: {enabled: 'yes'}}}",
    "{gateway: {tls: {enabled: true, certPath: 'c'}}}",
    "{gateway: {tls: {enabled: true, autoGenerate: false}}}",
  ]) {
    it(`reports ${text} as loadConfig does`, async () => {
      const quick = await configErrorOf(() => load(text));
      expect(quick).to.equal(await configErrorOf(() => home.load(text)));
    });
  }

  it("does not stumble over sections it has no use for", async () => {
    const { config } = await load("{gateway: {port: 3}, agents: {unknown: true}}");
    expect(config.gateway.port).to.equal(3);
  });
});
