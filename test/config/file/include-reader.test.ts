import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { loadConfig } from "../../../src/config/load-config.ts";
import { ConfigHome, configErrorOf } from "../config-home.ts";

describe("$include", () => {
  let home: ConfigHome;

  beforeEach(() => {
    home = new ConfigHome();
  });
  afterEach(() => home.remove());

  const include = (name: string, text: string): string => home.write(`.openclaw/${name}`, text);

  it("puts a file in the place of the object", async () => {
    include("parts/agents.json5", "{ defaults: { maxSteps: 5 } } // mine");
    const { config } = await home.load('{ agents: { $include: "./parts/agents.json5" } }');
    expect(config.agents.defaults.maxSteps).to.equal(5);
  });

  it("merges several, the later one counts, and what stands beside it counts most", async () => {
    include("a.json5", "{ defaults: { maxSteps: 1, timeoutSeconds: 1, instructions: 'a' } }");
    include("b.json5", "{ defaults: { maxSteps: 2, timeoutSeconds: 2 } }");
    const { config } = await home.load('{ agents: { $include: ["a.json5", "b.json5"], defaults: { maxSteps: 3 } } }');
    expect(config.agents.defaults).to.include({ maxSteps: 3, timeoutSeconds: 2, instructions: "a" });
  });

  it("includes from where the including file is", async () => {
    include("parts/one.json5", '{ $include: "two.json5" }');
    include("parts/two.json5", "{ level: 'debug' }");
    const { config } = await home.load('{ logging: { $include: "parts/one.json5" } }');
    expect(config.logging.level).to.equal("debug");
  });

  it("fills in variables of included files", async () => {
    include("a.json5", "{ defaults: { instructions: '${WORDS}' } }");
    const { config } = await home.load('{ agents: { $include: "a.json5" } }', { WORDS: "hello" });
    expect(config.agents.defaults.instructions).to.equal("hello");
  });

  it("names the included file, line and key of what is wrong in it", async () => {
    include("a.json5", "{\n  defaults: {\n    maxStep: 1,\n  },\n}");
    const message = await configErrorOf(() => home.load('{ agents: { $include: "a.json5" } }'));
    expect(message).to.contain("agents.defaults.maxStep: unknown key at").and.contain("/.openclaw/a.json5:3:5");
    expect(message).to.contain("did you mean agents.defaults.maxSteps?");
  });

  it("names where it stands when the file is missing", async () => {
    const message = await configErrorOf(() => home.load('{\n  agents: { $include: "no.json5" } }'));
    expect(message)
      .to.contain("agents.$include: names")
      .and.contain("which does not exist at")
      .and.contain("openclaw.json:2:");
  });

  for (const [what, path] of [
    ["by its path", "/etc/hostname"],
    ["by a way up", "../../outside.json5"],
  ] as const) {
    it(`refuses a file outside of the configuration's folder: ${what}`, async () => {
      const message = await configErrorOf(() => home.load(`{ agents: { $include: "${path}" } }`));
      expect(message).to.contain("outside the folder of the configuration");
    });
  }

  it("refuses a link that leads outside", async () => {
    home.write("outside.json5", "{}");
    include("here.json5", "{}");
    symlinkSync(join(home.path, "outside.json5"), join(home.stateDir, "link.json5"));
    const message = await configErrorOf(() => home.load('{ agents: { $include: "link.json5" } }'));
    expect(message).to.contain("outside the folder of the configuration");
  });

  it("takes files of other folders that OPENCLAW_INCLUDE_ROOTS names", async () => {
    const path = home.write("elsewhere/agents.json5", "{ defaults: { maxSteps: 6 } }");
    const text = `{ agents: { $include: "${path}" } }`;
    const { config } = await home.load(text, { OPENCLAW_INCLUDE_ROOTS: join(home.path, "elsewhere") });
    expect(config.agents.defaults.maxSteps).to.equal(6);
  });

  it("refuses files that include themselves", async () => {
    include("a.json5", '{ $include: "b.json5" }');
    include("b.json5", '{ $include: "a.json5" }');
    expect(await configErrorOf(() => home.load('{ agents: { $include: "a.json5" } }'))).to.contain("includes itself");
  });

  it("refuses more than ten levels", async () => {
    for (let level = 0; level < 12; level += 1) include(`${level}.json5`, `{ $include: "${level + 1}.json5" }`);
    include("12.json5", "{}");
    expect(await configErrorOf(() => home.load('{ agents: { $include: "0.json5" } }'))).to.contain(
      "more than 10 files deep",
    );
  });

  it("refuses keys beside a file that holds no object", async () => {
    include("list.json5", "[1]");
    const message = await configErrorOf(() => home.load('{ agents: { $include: "list.json5", defaults: {} } }'));
    expect(message).to.contain("holds no object");
  });

  it("changes the etag when an included file changes", async () => {
    include("a.json5", "{}");
    const text = '{ agents: { $include: "a.json5" } }';
    const { etag } = await home.load(text);
    include("a.json5", "{ }");
    expect((await loadConfig({ environment: {}, home: home.path })).etag).not.to.equal(etag);
  });
});
