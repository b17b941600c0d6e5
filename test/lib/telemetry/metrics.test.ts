import { expect } from "chai";
import { Counter, Gauge, Histogram, Metrics } from "../../../src/lib/telemetry/metrics.ts";
import { processMetrics } from "../../../src/lib/telemetry/process-metrics.ts";

describe("metrics", () => {
  it("write counters by their labels, and escape what stands in them", () => {
    const counter = new Counter({ name: "calls_total", help: "Calls.", labels: ["method", "code"] });
    counter.add(["Get", "OK"]);
    counter.add(["Get", "OK"], 2);
    counter.add(['a"b\\c\nd', "OK"]);
    expect(counter.text()).to.equal(
      '# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{method="Get",code="OK"} 3\ncalls_total{method="a\\"b\\\\c\\nd",code="OK"} 1\n',
    );
  });

  it("begin at zero where there are no labels", () => {
    expect(new Counter({ name: "x_total", help: "X." }).text()).to.match(/^x_total 0$/m);
    expect(new Histogram({ name: "y", help: "Y." }, [1]).text()).to.match(/^y_count 0$/m);
  });

  it("write histograms with buckets that include the smaller ones", () => {
    const histogram = new Histogram({ name: "s", help: "S.", labels: ["kind"] }, [0.1, 1]);
    for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value, ["a"]);
    expect(histogram.text().split("\n").slice(2, -1)).to.deep.equal([
      's_bucket{kind="a",le="0.1"} 2',
      's_bucket{kind="a",le="1"} 3',
      's_bucket{kind="a",le="+Inf"} 4',
      's_sum{kind="a"} 7.65',
      's_count{kind="a"} 4',
    ]);
  });

  it("keep the number of series bounded, and lose no count", () => {
    const counter = new Counter({ name: "x_total", help: "X.", labels: ["model"] });
    for (let index = 0; index < 1_000; index++) counter.add([`model-${index}`]);
    const samples = counter.text().split("\n").slice(2, -1);
    expect(samples.length).to.equal(201);
    expect(samples.at(-1)).to.equal('x_total{model="other"} 800');
  });

  it("read gauges when they are asked for", () => {
    let value = 1;
    const metrics = new Metrics();
    metrics.add(new Gauge({ name: "g", help: "G." }, () => value));
    value = 2;
    expect(metrics.text()).to.equal("# HELP g G.\n# TYPE g gauge\ng 2\n");
  });

  it("put a metric in the place of an earlier one of that name", () => {
    const metrics = new Metrics();
    for (const value of [1, 2]) metrics.add(new Gauge({ name: "g", help: "G." }, () => value));
    expect(metrics.text().match(/^g /gm)).to.have.length(1);
  });

  it("tell time, memory and the event loop's lag of the process", () => {
    const metrics = new Metrics();
    metrics.add(...(processMetrics(5_000) as [Gauge]));
    const text = metrics.text();
    expect(text).to.match(/^process_start_time_seconds 5$/m);
    for (const name of ["process_cpu_seconds_total", "process_resident_memory_bytes", "nodejs_eventloop_lag_seconds"]) {
      expect(text).to.match(new RegExp(`^${name}(\\{.*\\})? [0-9.e-]+$`, "m"));
    }
  });
});
