/** The configuration of gateways that run, changed by calls and by hand. */

import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { durationFromMs, ValueSchema } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import {
  ConfigChange_Effect as Effect,
  Gateway_State,
  type GatewayClient,
  gatewayErrorFrom,
  ConfigChange_Outcome as Outcome,
} from "../../../src/client/gateway-client.ts";
import { ConfiguredGateway } from "../../support/configured-gateway.ts";

const text = `{
  // who answers
  agents: { defaults: { maxSteps: 7, /* words */ instructions: "be kind" } },
  models: { providers: { home: { baseUrl: "http://127.0.0.1:9/v1", apiKey: "sk-very-secret-key", models: [{ id: "a" }] } } },
}
`;

/** One value to be written. */
function edit(path: string, value?: JsonValue) {
  return { path, value: value === undefined ? undefined : fromJson(ValueSchema, value) };
}

async function failureOf(call: Promise<unknown>): Promise<{ reason: string; message: string; fields: string[] }> {
  try {
    await call;
  } catch (error) {
    const { reason, message, violations } = gatewayErrorFrom(error);
    return { reason, message, fields: violations.map(({ field }) => field) };
  }
  throw new Error("the call succeeded");
}

describe("the configuration of a gateway that runs", function () {
  this.timeout(60_000);
  let home: ConfiguredGateway;
  let client: GatewayClient;

  async function begin(file: string | null = text, environment = {}): Promise<void> {
    home = new ConfiguredGateway(file ?? undefined, environment);
    client = await home.start();
  }

  afterEach(() => home.remove());

  /** The model a run is answered by, and the steps it may make. */
  async function settings() {
    const { config } = await client.config.getConfig({ withDefaults: true });
    return (config!.document as { agents: { defaults: { maxSteps: number } } }).agents.defaults;
  }

  describe("read", () => {
    it("shows the document without secrets, with its etag, and that it is in force", async () => {
      await begin();
      const { config } = await client.config.getConfig({});
      expect(config?.document).to.deep.include({
        models: {
          providers: {
            home: { baseUrl: "http://127.0.0.1:9/v1", apiKey: "__OPENCLAW_REDACTED__", models: [{ id: "a" }] },
          },
        },
      });
      expect(config?.etag).to.equal(config?.appliedEtag);
      expect(config?.path).to.equal(home.path);
      expect(config?.problems).to.deep.equal([]);
    });

    it("shows what is below a path, in its place, and defaults when asked for", async () => {
      await begin();
      const { config } = await client.config.getConfig({ path: "agents.defaults.maxSteps" });
      expect(config?.document).to.deep.equal({ agents: { defaults: { maxSteps: 7 } } });
      const { config: whole } = await client.config.getConfig({ path: "gateway.reload", withDefaults: true });
      expect(whole?.document).to.deep.equal({ gateway: { reload: { mode: "hybrid", debounceMs: 300 } } });
    });

    it("has no file: absent, and empty", async () => {
      await begin(null);
      const { config } = await client.config.getConfig({});
      expect(config).to.include({ etag: "absent", appliedEtag: "absent" });
      expect(config?.document).to.deep.equal({});
    });

    it("gives the schema, whole and by path, with what a change takes", async () => {
      await begin();
      const { jsonSchema } = await client.config.getConfigSchema({});
      expect(JSON.parse(jsonSchema).properties).to.include.keys("gateway", "agents", "models");
      const port = await client.config.getConfigSchema({ path: "gateway.port" });
      expect(port.effect).to.equal(Effect.GATEWAY);
      expect(JSON.parse(port.jsonSchema)).to.include({ type: "integer", maximum: 65_535 });
      expect((await client.config.getConfigSchema({ path: "models.providers.x.baseUrl" })).part).to.equal("models");
      expect((await failureOf(client.config.getConfigSchema({ path: "gateway.prot" }))).reason).to.equal("NOT_FOUND");
    });
  });

  describe("changed by calls", () => {
    it("writes the one value, keeps comments, and applies it at once", async () => {
      await begin();
      const { changes, config, revision } = await client.config.updateConfig({
        edits: [edit("agents.defaults.maxSteps", 9)],
        note: "more steps",
      });
      expect(home.text).to.equal(text.replace("maxSteps: 7", "maxSteps: 9"));
      expect(changes.map(({ key, effect, outcome }) => [key, effect, outcome])).to.deep.equal([
        ["agents.defaults.maxSteps", Effect.LIVE, Outcome.APPLIED],
      ]);
      expect(config?.etag).to.equal(config?.appliedEtag);
      expect(revision).to.include({ author: "token", note: "more steps", current: true });
      expect((await settings()).maxSteps).to.equal(9);
    });

    it("makes the file when there is none", async () => {
      await begin(null);
      await client.config.updateConfig({ edits: [edit("agents.defaults.maxSteps", 3)] });
      expect(home.text).to.equal('{\n  "agents": {\n    "defaults": {\n      "maxSteps": 3\n    }\n  }\n}\n');
      expect((await settings()).maxSteps).to.equal(3);
    });

    it("merges a patch and leaves the rest alone", async () => {
      await begin();
      const mergePatch = JSON.stringify({
        agents: { defaults: { instructions: null, maxSteps: 8 } },
        logging: { level: "debug" },
      });
      await client.config.updateConfig({ mergePatch });
      expect(home.text).to.contain("// who answers");
      const { config } = await client.config.getConfig({ path: "agents" });
      expect(config?.document).to.deep.equal({ agents: { defaults: { maxSteps: 8 } } });
    });

    it("only says what it would do", async () => {
      await begin();
      const { changes, revision } = await client.config.updateConfig({
        edits: [
          edit("gateway.port", 1),
          edit("agents.defaults.maxSteps", 1),
          edit("models.providers.home.timeoutSeconds", 5),
        ],
        validateOnly: true,
      });
      expect(changes.map(({ key, effect, part, outcome }) => [key, effect, part, outcome])).to.deep.equal([
        ["gateway.port", Effect.GATEWAY, "", Outcome.UNSPECIFIED],
        ["agents.defaults.maxSteps", Effect.LIVE, "", Outcome.UNSPECIFIED],
        ["models.providers.home.timeoutSeconds", Effect.PART, "models", Outcome.UNSPECIFIED],
      ]);
      expect(revision).to.equal(undefined);
      expect(home.text).to.equal(text);
    });

    it("refuses what would be wrong, names key and place, and keeps the text it refused", async () => {
      await begin();
      const failure = await failureOf(client.config.updateConfig({ edits: [edit("agents.defaults.maxStepz", 9)] }));
      expect(failure.reason).to.equal("CONFIG_INVALID");
      expect(failure.fields).to.deep.equal(["agents.defaults.maxStepz"]);
      expect(failure.message).to.contain("did you mean agents.defaults.maxSteps?").and.contain("openclaw.json:3:");
      expect(home.text).to.equal(text);
      expect(readdirSync(dirname(home.path)).filter((name) => name.includes(".rejected."))).to.have.length(1);
    });

    it("refuses what could not be run", async () => {
      await begin();
      const edits = [edit("gateway.auth.mode", "none"), edit("gateway.bind", "lan")];
      expect((await failureOf(client.config.updateConfig({ edits }))).message).to.contain("loopback only");
    });

    it("refuses a change that was made for another version", async () => {
      await begin();
      const { config } = await client.config.getConfig({});
      const etag = config?.etag ?? "";
      const results = await Promise.allSettled(
        [1, 2, 3, 4].map((steps) =>
          client.config.updateConfig({ etag, edits: [edit("agents.defaults.maxSteps", steps)] }),
        ),
      );
      const refused = results.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
      expect(refused.map(({ reason }) => gatewayErrorFrom(reason).reason)).to.deep.equal(
        Array(3).fill("ETAG_MISMATCH"),
      );
    });

    it("refuses to lose most of the text unless that is meant", async () => {
      await begin(`${text.slice(0, -2)}  gateway: { reload: { mode: "hot" } },\n}\n`);
      expect((await failureOf(client.config.updateConfig({ edits: [edit("gateway")] }))).fields).to.deep.equal([
        "gateway",
      ]);
      await client.config.updateConfig({ edits: [edit("gateway")], force: true });
      expect(home.text).not.to.contain("gateway");
    });

    it("keeps a secret whose placeholder is sent back", async () => {
      await begin();
      const { config } = await client.config.getConfig({});
      const providers = (config!.document!.models as { providers: { home: JsonValue } }).providers;
      const changed = { ...(providers.home as object), timeoutSeconds: 9 } as JsonValue;
      await client.config.updateConfig({ edits: [edit("models.providers.home", changed)] });
      expect(home.text).to.contain('"sk-very-secret-key"').and.contain("timeoutSeconds: 9");
      const failure = await failureOf(
        client.config.updateConfig({ edits: [edit("models.providers.other.apiKey", "__OPENCLAW_REDACTED__")] }),
      );
      expect(failure.message).to.contain("placeholder");
    });

    it("changes models alone: the next call goes where they are now, and the default follows", async () => {
      await begin();
      await client.config.updateConfig({
        edits: [edit("models.providers.home.models[1]", { id: "b" }), edit("agents.defaults.model", "home/b")],
      });
      const { models } = await client.agents.listModels({});
      expect(models.find(({ reference }) => reference === "home/b")).to.include({ usable: true, default: true });
      const { gateway } = await client.gateway.getGateway({});
      expect(gateway?.defaultModel).to.equal("home/b");
    });

    it("keeps the secrets of references out of everything it shows and writes", async () => {
      const reference =
        '{ models: { providers: { home: { baseUrl: "http://127.0.0.1:9/v1", apiKey: { source: "env", id: "MY_KEY" } } } } }';
      await begin(reference, { MY_KEY: "sk-from-the-environment" });
      await client.config.updateConfig({ edits: [edit("agents.defaults.maxSteps", 2)] });
      const shown = [
        await client.config.getConfig({}),
        await client.config.getConfig({ withDefaults: true }),
        await client.config.listConfigRevisions({ withDiff: true }),
        (await client.events.listEvents({})).events.map(({ resource }) => resource),
      ];
      const text = JSON.stringify(shown, (_key, value) => (typeof value === "bigint" ? String(value) : value));
      expect(text).to.contain("MY_KEY").and.not.contain("sk-from-the-environment");
      expect(home.text).not.to.contain("sk-from-the-environment");
      expect(home.gateway.loaded.config.models.providers.home?.apiKey).to.equal("sk-from-the-environment");
    });

    it("restarts in its process for what needs that, and comes back with it", async () => {
      await begin();
      const { gateway: before } = await client.gateway.getGateway({});
      const { changes } = await client.config.updateConfig({ edits: [edit("gateway.allowedHosts", ["a.example"])] });
      expect(changes.map(({ outcome }) => outcome)).to.deep.equal([Outcome.RESTARTING]);
      await home.inForce();
      const { gateway: after } = await client.gateway.getGateway({});
      expect(after?.state).to.equal(Gateway_State.READY);
      expect(after?.startTime).not.to.deep.equal(before?.startTime);
      expect(home.gateway.resolved.allowedHosts).to.deep.equal(["a.example"]);
    });

    it("tells everybody who watches", async () => {
      await begin();
      const { cursor, gateway: before } = await client.gateway.getGateway({});
      const { config } = await client.config.updateConfig({ edits: [edit("agents.defaults.maxSteps", 9)] });
      const { events } = await client.events.listEvents({ cursor, subjects: ["gateway"] });
      const told = events.at(-1)?.resource.value as { configEtag: string; appliedConfigEtag: string };
      expect(told).to.include({ configEtag: config?.etag, appliedConfigEtag: config?.etag });
      expect(told.configEtag).not.to.equal(before?.configEtag);
    });
  });

  describe("with another reload mode", () => {
    const withMode = (mode: string): string => `{ gateway: { reload: { mode: "${mode}", debounceMs: 0 } } }`;

    it("hot: applies what it can, the rest waits and is told", async () => {
      await begin(withMode("hot"));
      const edits = [edit("agents.defaults.maxSteps", 9), edit("gateway.allowedHosts", ["a.example"])];
      const { changes, config } = await client.config.updateConfig({ edits });
      expect(changes.map(({ key, outcome }) => [key, outcome])).to.deep.equal([
        ["gateway.allowedHosts", Outcome.WAITING],
        ["agents.defaults.maxSteps", Outcome.APPLIED],
      ]);
      expect(config?.etag).not.to.equal(config?.appliedEtag);
      expect(config?.pendingChanges.map(({ key }) => key)).to.deep.equal(["gateway.allowedHosts"]);
      await home.gateway.restart("the test wants it", { force: true });
      await home.inForce();
    });

    it("off: writes and applies nothing until it is told to", async () => {
      await begin(withMode("off"));
      const { config } = await client.config.updateConfig({ edits: [edit("agents.defaults.maxSteps", 9)] });
      expect(config?.pendingChanges.map(({ key }) => key)).to.deep.equal(["agents.defaults.maxSteps"]);
      const { changes } = await client.config.reloadConfig({});
      expect(changes.map(({ outcome }) => outcome)).to.deep.equal([Outcome.APPLIED]);
    });

    it("restart: restarts for everything", async () => {
      await begin(withMode("restart"));
      const { changes } = await client.config.updateConfig({ edits: [edit("agents.defaults.maxSteps", 9)] });
      expect(changes.map(({ outcome }) => outcome)).to.deep.equal([Outcome.RESTARTING]);
      await home.inForce();
    });
  });

  describe("edited by hand", () => {
    const quick = "{ gateway: { reload: { debounceMs: 0 } }, agents: { defaults: { maxSteps: 7 } } }";

    it("is applied when the file is written in place", async () => {
      await begin(quick);
      home.write(quick.replace("7", "8"));
      await home.seen(({ pendingChanges, etag, appliedEtag }) => etag === appliedEtag && pendingChanges.length === 0);
      await home.seen(({ document }) => JSON.stringify(document).includes('"maxSteps":8'));
      const { revisions } = await client.config.listConfigRevisions({ withDiff: true });
      expect(revisions[0]).to.include({ author: "edit by hand", current: true });
      expect(revisions[0]?.diff).to.contain(
        "+{ gateway: { reload: { debounceMs: 0 } }, agents: { defaults: { maxSteps: 8 } } }",
      );
    });

    it("is applied when the file is replaced, again and again", async () => {
      await begin(quick);
      for (const steps of ["11", "12", "13"]) {
        home.write(quick.replace("7", steps), "draft");
        renameSync(join(dirname(home.path), "draft"), home.path);
        await home.seen(({ document }) => JSON.stringify(document).includes(`"maxSteps":${steps}`));
      }
    });

    it("is refused when it is wrong: the running one stays, and says why", async () => {
      await begin(quick);
      home.write(quick.replace("maxSteps: 7", "maxSteps: 'many'"));
      const config = await home.seen(({ problems }) => problems.length > 0);
      expect(config.problems[0]).to.include({
        subject: "agents.defaults.maxSteps",
        text: "must be a whole number, not text",
      });
      expect(config.problems[0]?.place).to.contain("openclaw.json:1:");
      expect(config.appliedEtag).not.to.equal(config.etag);
      home.write(quick.replace("7", "9"));
      await home.inForce();
    });

    it("is refused when it is no JSON5, and taken when that is put right", async () => {
      await begin(quick);
      home.write("{ gateway: ");
      await home.seen(({ problems }) => problems.length > 0);
      home.write(quick);
      await home.inForce();
    });

    it("goes back to defaults when the file is removed", async () => {
      await begin(quick);
      rmSync(home.path);
      const config = await home.seen(({ etag, appliedEtag }) => etag === "absent" && appliedEtag === "absent");
      expect(config.document).to.deep.equal({});
    });

    it("follows included files, and changes them where they are", async () => {
      home = new ConfiguredGateway(
        '{ gateway: { reload: { debounceMs: 0 } }, agents: { $include: "./agents.json5" } }',
      );
      home.write("{ defaults: { maxSteps: 5 } } // steps\n", "agents.json5");
      client = await home.start();
      home.write("{ defaults: { maxSteps: 6 } } // steps\n", "agents.json5");
      await home.seen(({ document }) => JSON.stringify(document).includes('"maxSteps":6'));
      await client.config.updateConfig({ edits: [edit("agents.defaults.maxSteps", 4)] });
      expect(home.text).to.contain("$include");
      expect((await settings()).maxSteps).to.equal(4);
    });
  });

  describe("history", () => {
    it("lists what was written, by whom and why, with a diff that shows no secret", async () => {
      await begin();
      await client.config.updateConfig({
        edits: [edit("models.providers.home.apiKey", "sk-another-secret")],
        note: "new key",
      });
      await client.config.updateConfig({ edits: [edit("agents.defaults.maxSteps", 1)] });
      const { revisions } = await client.config.listConfigRevisions({ withDiff: true });
      expect(revisions.map(({ name, author, note }) => [name, author, note])).to.deep.equal([
        ["config/revisions/3", "token", ""],
        ["config/revisions/2", "token", "new key"],
        ["config/revisions/1", "edit by hand", ""],
      ]);
      expect(revisions[0]?.diff)
        .to.contain("+  agents: { defaults: { maxSteps: 1,")
        .and.contain("-  agents: { defaults: { maxSteps: 7,");
      expect(revisions[1]?.diff).to.contain("(secret, before the change)").and.contain("(secret, after the change)");
      expect(JSON.stringify(revisions.map(({ diff }) => diff))).not.to.match(/sk-/);
    });

    it("rolls back to a revision, as a new one", async () => {
      await begin();
      await client.config.updateConfig({ edits: [edit("agents.defaults.maxSteps", 1)] });
      const { revision, changes } = await client.config.rollBackConfig({ name: "config/revisions/1" });
      expect(home.text).to.equal(text);
      expect(revision).to.include({ name: "config/revisions/3", note: "rolled back to revision 1" });
      expect(changes.map(({ key }) => key)).to.deep.equal(["agents.defaults.maxSteps"]);
      const missing = await failureOf(client.config.rollBackConfig({ name: "config/revisions/99" }));
      expect(missing.reason).to.equal("NOT_FOUND");
    });
  });

  describe("with a confirmation", () => {
    const change = (confirmMs: number) => ({
      edits: [edit("agents.defaults.maxSteps", 1)],
      confirmWithin: durationFromMs(confirmMs),
    });

    it("stays when it is confirmed", async () => {
      await begin();
      const { config } = await client.config.updateConfig(change(60_000));
      expect(config?.confirmation).to.include({ revision: "config/revisions/2", revertTo: "config/revisions/1" });
      const { config: after } = await client.config.confirmConfig({ revision: "config/revisions/2" });
      expect(after?.confirmation).to.equal(undefined);
      expect((await failureOf(client.config.confirmConfig({}))).reason).to.equal("CONFIRMATION_CLOSED");
      expect(home.text).to.contain("maxSteps: 1");
    });

    it("is taken back when it is not", async () => {
      await begin();
      await client.config.updateConfig(change(1_000));
      await home.seen(({ document }) => JSON.stringify(document).includes('"maxSteps":7'));
      expect(home.text).to.equal(text);
      const { revisions } = await client.config.listConfigRevisions({});
      expect(revisions[0]).to.include({ author: "gateway", note: "revision 2 was not confirmed in time" });
    });

    it("does not wait when it could not be written", async () => {
      await begin();
      const intent = join(dirname(home.path), "config-history/intent.json");
      rmSync(intent, { force: true });
      mkdirSync(intent, { recursive: true });
      const failure = await failureOf(client.config.updateConfig(change(60_000)));
      expect(failure.message).to.contain("is not a regular file");
      rmSync(intent, { recursive: true });
      const { config } = await client.config.updateConfig({ edits: [edit("agents.defaults.maxSteps", 2)] });
      expect(config?.confirmation).to.equal(undefined);
      expect(home.text).to.contain("maxSteps: 2");
    });

    it("lets nobody change anything else meanwhile, but lets it be rolled back", async () => {
      await begin();
      await client.config.updateConfig(change(60_000));
      const failure = await failureOf(client.config.updateConfig({ edits: [edit("agents.defaults.maxSteps", 2)] }));
      expect(failure.message).to.contain("waits to be confirmed");
      const { config } = await client.config.rollBackConfig({ name: "config/revisions/1" });
      expect(config?.confirmation).to.equal(undefined);
    });

    it("goes on waiting over a stop, and is taken back when its time is over then", async () => {
      await begin();
      await client.config.updateConfig(change(60_000));
      await home.stop();
      const path = join(dirname(home.path), "config-confirmation.json");
      writeFileSync(
        path,
        JSON.stringify({ ...JSON.parse(home.readState("config-confirmation.json")), expireTimeMs: 1 }),
      );
      client = await home.start();
      await home.seen(({ document }) => JSON.stringify(document).includes('"maxSteps":7'));
    });
  });

  it("does not end a run that is active while everything changes around it", async () => {
    await begin("{ gateway: { reload: { debounceMs: 0 } } }");
    const parts = [
      { kind: { case: "text" as const, value: "/slow 20\none two three four five six seven eight nine ten" } },
    ];
    const { run } = await client.runs.createRun({ parent: "sessions/main", parts });
    await client.config.updateConfig({ edits: [edit("agents.defaults.instructions", "be brief")] });
    await client.config.updateConfig({ edits: [edit("models.providers.x", { baseUrl: "http://127.0.0.1:9/v1" })] });
    await client.config.updateConfig({ edits: [edit("gateway.allowedHosts", ["a.example"])] });
    let state = "";
    for await (const step of client.followRun(run?.name ?? "")) if (step.kind === "run") state = String(step.run.state);
    const { messages } = await client.sessions.listMessages({ parent: "sessions/main" });
    expect(messages.filter(({ role }) => role === 2)).to.have.length(1);
    expect(state).not.to.equal("");
    await home.inForce();
  });
});
