/**
 * Numbers about a program's work, as Prometheus reads them. Counting is an addition: nothing is formatted before somebody
 * asks. The number of series is bounded: what comes beyond is counted as "other".
 */

/** Most combinations of label values of one metric. */
const maxSeries = 200;

/** One line of the text: the values of the labels, and the number. */
export type Sample = readonly [labels: readonly string[], value: number];

/** What a metric is called and means. */
export interface MetricOptions {
  /** As Prometheus wants it: "app_calls_total". */
  readonly name: string;
  readonly help: string;
  /** Names of the labels; none unless given. */
  readonly labels?: readonly string[];
}

/** Something that can be written as text. */
export interface Metric {
  readonly name: string;
  /** Lines, each with its end. */
  text(): string;
}

/** A number that only goes up. */
export class Counter implements Metric {
  readonly name: string;
  readonly #options: MetricOptions;
  readonly #series = new Series<{ value: number }>(() => ({ value: 0 }));

  constructor(options: MetricOptions) {
    this.name = options.name;
    this.#options = options;
    if ((options.labels ?? []).length === 0) this.#series.get([]);
  }

  /** Adds to the series with these label values, which are in the order of the labels. */
  add(labels: readonly string[] = [], amount = 1): void {
    this.#series.get(labels).value += amount;
  }

  text(): string {
    const { name } = this;
    const lines = this.#series
      .entries()
      .map(([labels, { value }]) => line(name, this.#options.labels, [labels, value]));
    return head(this.#options, "counter") + lines.join("");
  }
}

/** A number that is read when somebody asks. */
export class Gauge implements Metric {
  readonly name: string;
  readonly #options: MetricOptions;
  readonly #read: () => number | Iterable<Sample>;
  readonly #kind: "gauge" | "counter";

  /** `kind` "counter" is for a number that only goes up and is counted elsewhere. */
  constructor(options: MetricOptions, read: () => number | Iterable<Sample>, kind: "gauge" | "counter" = "gauge") {
    this.name = options.name;
    this.#options = options;
    this.#read = read;
    this.#kind = kind;
  }

  text(): string {
    const read = this.#read();
    const samples: Iterable<Sample> = typeof read === "number" ? [[[], read]] : read;
    const lines = [...samples].slice(0, maxSeries).map((sample) => line(this.name, this.#options.labels, sample));
    return head(this.#options, this.#kind) + lines.join("");
  }
}

interface Distribution {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** How numbers are spread. */
export class Histogram implements Metric {
  readonly name: string;
  readonly #options: MetricOptions;
  readonly #buckets: readonly number[];
  readonly #series: Series<Distribution>;

  /** `buckets` are upper bounds, rising. */
  constructor(options: MetricOptions, buckets: readonly number[]) {
    this.name = options.name;
    this.#options = options;
    this.#buckets = buckets;
    this.#series = new Series(() => ({ counts: buckets.map(() => 0), sum: 0, count: 0 }));
    if ((options.labels ?? []).length === 0) this.#series.get([]);
  }

  /** Counts one number in the series with these label values. */
  observe(value: number, labels: readonly string[] = []): void {
    const series = this.#series.get(labels);
    const index = this.#buckets.findIndex((bound) => value <= bound);
    if (index >= 0) series.counts[index] = (series.counts[index] ?? 0) + 1;
    series.sum += value;
    series.count += 1;
  }

  text(): string {
    const { name } = this;
    const names = this.#options.labels ?? [];
    const lines = this.#series.entries().map(([labels, { counts, sum, count }]) => {
      let below = 0;
      const buckets = this.#buckets.map((bound, index) => {
        below += counts[index] ?? 0;
        return line(`${name}_bucket`, [...names, "le"], [[...labels, String(bound)], below]);
      });
      const all = line(`${name}_bucket`, [...names, "le"], [[...labels, "+Inf"], count]);
      return [
        ...buckets,
        all,
        line(`${name}_sum`, names, [labels, sum]),
        line(`${name}_count`, names, [labels, count]),
      ];
    });
    return head(this.#options, "histogram") + lines.flat().join("");
  }
}

/** Everything that is measured. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>();

  /** Adds metrics; one with the name of an earlier one takes its place. Returns the first. */
  add<M extends Metric>(first: M, ...others: readonly Metric[]): M {
    for (const metric of [first, ...others]) this.#metrics.set(metric.name, metric);
    return first;
  }

  /** All of it, in Prometheus' text format 0.0.4. */
  text(): string {
    return [...this.#metrics.values()].map((metric) => metric.text()).join("");
  }
}

/** Values by label values. */
class Series<Value> {
  readonly #make: () => Value;
  readonly #values = new Map<string, { readonly labels: readonly string[]; readonly value: Value }>();

  constructor(make: () => Value) {
    this.#make = make;
  }

  get(labels: readonly string[]): Value {
    const key = labels.join("\u0000");
    const known = this.#values.get(key);
    if (known !== undefined) return known.value;
    if (this.#values.size >= maxSeries && labels.some((label) => label !== "other")) {
      return this.get(labels.map(() => "other"));
    }
    const value = this.#make();
    this.#values.set(key, { labels, value });
    return value;
  }

  entries(): (readonly [labels: readonly string[], value: Value])[] {
    return [...this.#values.values()].map(({ labels, value }) => [labels, value] as const);
  }
}

function head({ name, help }: MetricOptions, kind: string): string {
  return `# HELP ${name} ${help.replace(/[\\\n]/g, " ")}\n# TYPE ${name} ${kind}\n`;
}

function line(name: string, names: readonly string[] = [], [labels, value]: Sample): string {
  const pairs = names.map((label, index) => `${label}="${escaped(labels[index] ?? "")}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
}

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (letter) => (letter === "\n" ? "\\n" : `\\${letter}`));
}
