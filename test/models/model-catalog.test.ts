import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import { ErrorReason } from "../../gen/openclaw/gateway/v1/errors_pb.ts";
import { Failure } from "../../src/core/errors.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { createModelCatalog } from "../../src/models/model-catalog.ts";
import type { ModelSettings } from "../../src/models/model-settings.ts";
import { startFakeOpenAi } from "../support/fake-model-servers/fake-openai.ts";
import { collect, joined, modelRequest } from "../support/model-kit.ts";

function catalog(settings: ModelSettings = {}) {
  return createModelCatalog(settings, systemClock);
}

async function unusable(reference: string, settings: ModelSettings = {}): Promise<string> {
  const outcome = await catalog(settings)
    .get(reference)
    .catch((error: unknown) => error);
  expect(outcome).to.be.instanceOf(Failure);
  expect((outcome as Failure).reason).to.equal(ErrorReason.MODEL_UNUSABLE);
  return (outcome as Failure).message;
}

const seeing = ["text", "image"] as const;

describe("createModelCatalog", () => {
  describe("list", () => {
    it("has the echo model and nothing else when nothing is configured", () => {
      expect(
        catalog()
          .list()
          .map((model) => model.reference),
      ).to.deep.equal(["echo/echo"]);
    });

    it("has well-known models of providers that have a key, ordered by name", () => {
      const list = catalog({ environment: { OPENAI_API_KEY: "k" } }).list();
      const names = list.map((model) => model.name);
      expect(names).to.include.members(["models/echo/echo", "models/openai/gpt-5"]);
      expect(names).to.deep.equal([...names].sort());
      expect(names.some((name) => name.startsWith("models/anthropic/"))).to.equal(false);
      expect(list.every((model) => model.usable && model.unusableReason === "")).to.equal(true);
    });

    it("has configured models, usable or not", () => {
      const providers = {
        ollama: { models: [{ id: "llama3", contextTokens: 8_192 }] },
        remote: { baseUrl: "https://api.example.com/v1", models: [{ id: "family/big" }] },
      };
      const list = catalog({ providers }).list();
      const found = new Map(list.map((model) => [model.reference, model]));
      expect(found.get("ollama/llama3")).to.deep.include({ usable: true, contextTokens: 8_192n });
      expect(found.get("remote/family/big")).to.deep.include({
        usable: false,
        unusableReason: "set models.providers.remote.apiKey or REMOTE_API_KEY",
        contextTokens: 0n,
      });
    });

    it("says what each model takes, with a key or without", () => {
      const providers = {
        home: { baseUrl: "http://127.0.0.1:1/v1", models: [{ id: "blind" }, { id: "seeing", input: seeing }] },
        google: { models: [{ id: "words-only", input: ["text"] as const }] },
        anthropic: { models: [{ id: "claude-x" }] },
      };
      const list = catalog({ providers, defaultModel: "openai/new" }).list();
      expect(Object.fromEntries(list.map((model) => [model.reference, model.inputs]))).to.deep.equal({
        "anthropic/claude-x": seeing,
        "echo/echo": ["text"],
        "google/words-only": ["text"],
        "home/blind": ["text"],
        "home/seeing": seeing,
        "openai/new": [],
      });
    });

    it("says what a model costs where the configuration does; what is cached as all it reads, unless told", () => {
      const models = [
        { id: "a", cost: { input: 2, output: 8, cacheRead: 0.5 } },
        { id: "b", cost: { input: 1, output: 3 } },
        { id: "c" },
      ];
      const list = catalog({ providers: { home: { baseUrl: "http://127.0.0.1:1/v1", models } } }).list();
      const priced = list.filter(({ reference }) => reference.startsWith("home/"));
      expect(priced.map(({ price }) => price && [price.input, price.output, price.cached])).to.deep.equal([
        [2, 8, 0.5],
        [1, 3, 1],
        undefined,
      ]);
    });

    it("marks the default model, and lists it when nothing else does", () => {
      const list = catalog({ defaultModel: "anthropic/claude-new" }).list();
      expect(list.filter((model) => model.default).map((model) => model.reference)).to.deep.equal([
        "anthropic/claude-new",
      ]);
      expect(list[0]).to.deep.include({ usable: false });
      const echo = catalog({ defaultModel: "echo/echo" }).list();
      expect(echo).to.have.length(1);
      expect(echo[0]!.default).to.equal(true);
    });
  });

  describe("get", () => {
    it("finds any model of a provider that is known", async () => {
      const found = catalog({ environment: { OPENAI_API_KEY: "k" } });
      const model = await found.get("openai/some/new-model");
      expect(model).to.include({ reference: "openai/some/new-model", contextTokens: 0, local: false });
      expect((await found.get("openai/gpt-5")).contextTokens).to.equal(272_000);
    });

    it("knows what is local", async () => {
      expect(await catalog().get("ollama/llama3")).to.include({ local: true });
    });

    it("gives the same model again", async () => {
      const found = catalog();
      expect(await found.get("ollama/llama3")).to.equal(await found.get("ollama/llama3"));
      expect(await found.get("echo/echo")).to.equal(await found.get("echo/echo"));
    });

    it("says how a reference is written", async () => {
      for (const reference of ["", "gpt-5", "/gpt-5", "openai/"]) {
        expect(await unusable(reference)).to.contain('write it as "provider/model"');
      }
    });

    it("says which providers there are", async () => {
      const message = await unusable("opanai/gpt-5");
      expect(message).to.contain("there is no provider opanai; known are echo, anthropic, google,");
      expect(message).to.contain("add models.providers.opanai.baseUrl for another");
    });

    it("says which key to set", async () => {
      expect(await unusable("openai/gpt-5")).to.equal(
        "model openai/gpt-5 cannot be used: set models.providers.openai.apiKey or OPENAI_API_KEY",
      );
    });

    it("says that echo has one model", async () => {
      expect(await unusable("echo/other")).to.contain("echo/echo");
    });

    it("forgets models it was asked for long ago", async () => {
      const found = catalog();
      const first = await found.get("ollama/first");
      for (let count = 0; count < 300; count++) await found.get(`ollama/model-${count}`);
      expect(await found.get("ollama/first")).not.to.equal(first);
    });
  });

  it("goes on with calls under way when it is closed", async () => {
    const server = await startFakeOpenAi([{ text: "one two three", pauseMs: 5 }]);
    const found = catalog({ providers: { fake: { baseUrl: server.url } } });
    const calling = collect(await found.get("fake/x"), modelRequest());
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    found.close();
    expect(joined(await calling, "text")).to.equal("one two three");
    await server.close();
  });

  it("loads no provider's package before the first call", async () => {
    const program = `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({
        resolve(specifier, context, next) {
          if (specifier.startsWith("@ai-sdk/")) loaded.push(specifier);
          return next(specifier, context);
        },
      });
      const { createModelCatalog } = await import(process.argv[1]);
      const catalog = createModelCatalog({ environment: { OPENAI_API_KEY: "k" } }, { nowMs: () => 0 });
      catalog.list();
      const model = await catalog.get("ollama/llama3");
      const before = loaded.length;
      const request = { instructions: "", messages: [], tools: [] };
      await model.stream(request, AbortSignal.abort()).next().catch(() => {});
      console.log(JSON.stringify([before, loaded[0]]));
      console.error(JSON.stringify(loaded));
    `;
    const file = new URL("../../src/models/model-catalog.ts", import.meta.url).href;
    const args = ["--no-warnings", "--input-type=module", "--eval", program, file];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(JSON.parse(stdout)).to.deep.equal([0, "@ai-sdk/openai-compatible"]);
  });
});
