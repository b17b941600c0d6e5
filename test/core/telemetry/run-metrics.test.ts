import { expect } from "chai";
import { RunMetrics } from "../../../src/core/telemetry/run-metrics.ts";
import { RunObserver } from "../../../src/core/telemetry/run-observer.ts";
import { Metrics } from "../../../src/lib/telemetry/metrics.ts";
import { CoreKits } from "../../support/core-kit.ts";

describe("metrics of runs", () => {
  const kits = new CoreKits();
  afterEach(() => kits.close());

  const watched = async () => {
    const kit = await kits.open();
    const metrics = new Metrics();
    kit.store.onCommit(new RunObserver(new RunMetrics(metrics)).observe);
    return { kit, metrics };
  };

  it("count each run once: accepted, begun, ended", async () => {
    const { kit, metrics } = await watched();
    await kit.ask("one");
    await kit.ask("two");
    const text = metrics.text();
    expect(text).to.match(/^openclaw_runs_accepted_total 2$/m);
    expect(text).to.match(/^openclaw_runs_ended_total\{outcome="SUCCEEDED",reason=""\} 2$/m);
    expect(text).to.match(/^openclaw_run_wait_seconds_count 2$/m);
    expect(text).to.match(/^openclaw_run_seconds_count\{outcome="SUCCEEDED"\} 2$/m);
    expect(text).to.match(/^openclaw_tokens_total\{model="[^"]+",kind="input"\} \d+$/m);
  });

  it("tell why a run failed", async () => {
    const { kit, metrics } = await watched();
    await kit.ask("x", { settings: { model: "nowhere/none" } });
    expect(metrics.text()).to.match(/^openclaw_runs_ended_total\{outcome="FAILED",reason="MODEL_\w+"\} 1$/m);
  });
});
