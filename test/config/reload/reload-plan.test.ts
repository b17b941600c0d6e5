import { expect } from "chai";
import { type Config, defaultConfig } from "../../../src/config/config.ts";
import { configJsonSchema } from "../../../src/config/config-schema.ts";
import { planReload } from "../../../src/config/reload/reload-plan.ts";
import { isSensitive, nodesAt, reloadEffect } from "../../../src/config/schema/schema-node.ts";

const schema = configJsonSchema();

describe("planReload", () => {
  it("says nothing of what is the same", () => {
    expect(planReload(defaultConfig, structuredClone(defaultConfig), schema)).to.deep.equal([]);
  });

  it("names each key that differs, new and gone ones included, and lists as a whole", () => {
    const after = structuredClone(defaultConfig) as unknown as {
      agents: { defaults: { maxSteps: number; model: { fallbacks: string[] } } };
      models: { providers: Record<string, unknown> };
      gateway: { port?: number };
    };
    after.agents.defaults.maxSteps = 3;
    after.agents.defaults.model.fallbacks = ["a/b"];
    after.models.providers.home = { baseUrl: "http://127.0.0.1:1" };
    after.gateway.port = 4;
    const plan = planReload(defaultConfig, after as unknown as Config, schema);
    expect(Object.fromEntries(plan.map(({ key, effect }) => [key, effect]))).to.deep.equal({
      "gateway.port": { kind: "gateway" },
      "agents.defaults.model.fallbacks": { kind: "live" },
      "agents.defaults.maxSteps": { kind: "live" },
      "models.providers.home": { kind: "part", part: "models" },
    });
  });
});

describe("what a change of a key takes", () => {
  for (const [path, effect] of [
    ["gateway.port", "gateway"],
    ["gateway.auth.token", "gateway"],
    ["gateway.tls.enabled", "gateway"],
    ["gateway.reload.mode", "live"],
    ["agents.defaults.model.primary", "live"],
    ["messages.queue.cap", "live"],
    ["events.retention.maxEvents", "live"],
    ["logging.level", "live"],
    ["models.providers.x.apiKey", "models"],
    ["secrets.providers.x", "models"],
    ["channels.x.enabled", "channels"],
  ] as const) {
    it(`${path}: ${effect}`, () => {
      const found = reloadEffect(schema, path.split("."));
      expect(found.kind === "part" ? found.part : found.kind).to.equal(effect);
    });
  }
});

describe("the schema", () => {
  it("knows the secrets of the file", () => {
    const paths = [
      "gateway.auth.token",
      "gateway.auth.password",
      "models.providers.x.apiKey",
      "models.providers.x.headers.any",
    ];
    expect(paths.filter((path) => !isSensitive(schema, path.split(".")))).to.deep.equal([]);
    expect(isSensitive(schema, ["gateway", "port"])).to.equal(false);
  });

  it("lets a secret be a reference", () => {
    const [node] = nodesAt(schema, ["gateway", "auth", "token"]);
    expect(node?.anyOf?.map(({ type }) => type)).to.deep.equal(["string", "object"]);
  });

  it("marks every key that is called like a secret", () => {
    const wrong: string[] = [];
    const walk = (node: typeof schema, path: readonly string[], secret: boolean): void => {
      const hidden = secret || node.sensitive === true;
      if (/(token|password|secret|apikey)$/i.test(path.at(-1) ?? "") && node.type === "string" && !hidden)
        wrong.push(path.join("."));
      for (const branch of [...(node.anyOf ?? []), ...(node.oneOf ?? [])]) walk(branch, path, hidden);
      for (const [key, child] of Object.entries(node.properties ?? {})) walk(child, [...path, key], hidden);
      if (typeof node.additionalProperties === "object") walk(node.additionalProperties, [...path, "*"], hidden);
      if (node.items !== undefined) walk(node.items, [...path, "*"], hidden);
    };
    walk(schema, [], false);
    expect(wrong).to.deep.equal([]);
  });
});
