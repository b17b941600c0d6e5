import { expect } from "chai";
import { Scope } from "../../../gen/openclaw/gateway/v1/options_pb.ts";
import {
  type GatewayClient,
  gatewayErrorFrom,
  Finding_Severity as Severity,
} from "../../../src/client/gateway-client.ts";
import { modelKeyRefused } from "../../../src/core/run/run-failure.ts";
import { CoreKits } from "../../support/core-kit.ts";
import { ScriptedModel } from "../../support/scripted-model.ts";

async function diagnose(client: GatewayClient, request: { checks?: string[]; deep?: boolean } = {}) {
  const results = [];
  for await (const { check, findings } of client.care.diagnose(request)) results.push({ check, findings });
  return results;
}

describe("CareService.Diagnose", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("runs every check and tells of each, all well or not", async () => {
    const kit = await kits.open();
    expect(await diagnose(kit.client)).to.deep.equal([
      { check: "store", findings: [] },
      { check: "clock", findings: [] },
      { check: "models", findings: [] },
      { check: "channels", findings: [] },
      { check: "deliveries", findings: [] },
    ]);
  });

  it("runs those that were asked for", async () => {
    const kit = await kits.open();
    expect((await diagnose(kit.client, { checks: ["models"] })).map(({ check }) => check)).to.deep.equal(["models"]);
  });

  it("refuses a check it does not know, before it runs any", async () => {
    const kit = await kits.open();
    const error = await diagnose(kit.client, { checks: ["store", "weather"] }).catch(gatewayErrorFrom);
    expect(error).to.include({ reason: "FIELD_INVALID" });
    expect((error as Error).message)
      .to.contain("weather")
      .and.to.contain("store, clock, models");
  });

  it("tells of a clock that was set back, and of one that jumped", async () => {
    const kit = await kits.open();
    await kit.ask("hello");
    kit.clock.advance(-60_000);
    const [back] = await diagnose(kit.client, { checks: ["clock"] });
    expect(back?.findings.map(({ subject }) => subject)).to.deep.equal(["wall clock", "event log"]);
  });

  it("says which model lacks something: an error for the first, a warning for a fallback", async () => {
    const model = new ScriptedModel("test/one");
    const missing = await kits.open({
      models: [model],
      settings: { agent: { model: "no/model", fallbacks: ["test/one"] } },
    });
    const [first] = await diagnose(missing.client, { checks: ["models"] });
    expect(first?.findings.map(({ subject, severity }) => [subject, severity])).to.deep.equal([
      ["no/model", Severity.ERROR],
    ]);
    const fallback = await kits.open({
      models: [model],
      settings: { agent: { model: "test/one", fallbacks: ["no/model"] } },
    });
    const [second] = await diagnose(fallback.client, { checks: ["models"] });
    expect(second?.findings[0]).to.include({ subject: "no/model", severity: Severity.WARNING });
  });

  it("calls models only when it is to look deep", async () => {
    const kit = await kits.open();
    const refused = modelKeyRefused({ model: "test/one", detail: "HTTP 401: wrong key" });
    kit.model.script(() => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(refused) }) }));
    expect((await diagnose(kit.client, { checks: ["models"] }))[0]?.findings).to.deep.equal([]);
    expect(kit.model.requests).to.deep.equal([]);
    const [deep] = await diagnose(kit.client, { checks: ["models"], deep: true });
    expect(deep?.findings[0]?.reason).to.contain("wrong key");
  });

  it("is for administrators", async () => {
    const kit = await kits.open();
    expect(kit.client.care).to.have.property("diagnose");
    const { CareService } = await import("../../../src/client/gateway-client.ts");
    const { getOption } = await import("@bufbuild/protobuf");
    const { policy } = await import("../../../gen/openclaw/gateway/v1/options_pb.ts");
    for (const method of CareService.methods) expect(getOption(method, policy).scope).to.equal(Scope.ADMIN);
  });
});

describe("AgentService.TestModel", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  it("calls the default model, and says that it answered", async () => {
    const kit = await kits.open();
    const { model, problem, latency } = await kit.client.agents.testModel({});
    expect([model, problem]).to.deep.equal(["test/one", ""]);
    expect(latency).not.to.equal(undefined);
    expect(kit.model.requests).to.have.length(1);
    expect(await kit.transcript()).to.deep.equal([]);
  });

  it("says why another one does not", async () => {
    const kit = await kits.open();
    const { model, problem } = await kit.client.agents.testModel({ model: "no/model" });
    expect(model).to.equal("no/model");
    expect(problem).to.contain("no such test model");
  });
});
