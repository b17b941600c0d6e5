/**
 * Sends traces as OTLP over HTTP, in JSON: what every OpenTelemetry receiver takes. Written by hand because this is all a
 * program needs of OpenTelemetry's packages, which take megabytes.
 */

import type { Log } from "../log.ts";

/** A span that is over. Ids are lower-case hexadecimal, times ms since the Unix epoch. */
export interface EndedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Why it failed; undefined when it did not. */
  readonly error?: string;
}

/** Where traces go. */
export interface OtlpOptions {
  /** Base address; "/v1/traces" is added. */
  readonly endpoint: string;
  /** Sent with every batch. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly version: string;
  readonly log: Log;
}

const bounds = { batch: 512, waiting: 4_096, waitMs: 2_000, timeoutMs: 10_000 };

/** Collects spans and sends them in batches. A receiver that does not take them costs spans, and one line of the log. */
export class OtlpTraces {
  readonly #options: OtlpOptions;
  readonly #url: string;
  #waiting: EndedSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #dropped = 0;
  #failing = false;

  constructor(options: OtlpOptions) {
    this.#options = options;
    this.#url = `${options.endpoint.replace(/\/+$/, "")}/v1/traces`;
  }

  /** Spans that could not be sent so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a span; it is sent within two seconds. */
  add(span: EndedSpan): void {
    if (this.#waiting.length >= bounds.waiting) this.#dropped += 1;
    else this.#waiting.push(span);
    this.#timer ??= setTimeout(() => void this.flush(), bounds.waitMs).unref();
  }

  /** Sends what waits; resolves when the receiver has it, or it is given up. Never fails. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0) {
      this.#sending ??= this.#send(this.#waiting.splice(0, bounds.batch)).finally(() => {
        this.#sending = undefined;
      });
      await this.#sending;
    }
    await this.#sending;
  }

  async #send(spans: readonly EndedSpan[]): Promise<void> {
    const { headers, log } = this.#options;
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(this.#document(spans)),
        signal: AbortSignal.timeout(bounds.timeoutMs),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the receiver answered with HTTP ${response.status}`);
      this.#failing = false;
    } catch (error) {
      this.#dropped += spans.length;
      if (!this.#failing) log.warn({ endpoint: this.#options.endpoint, error }, "traces could not be sent");
      this.#failing = true;
    }
  }

  #document(spans: readonly EndedSpan[]): object {
    const { serviceName, version } = this.#options;
    const resource = { attributes: attributesOf({ "service.name": serviceName, "service.version": version }) };
    const scope = { name: serviceName, version };
    return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: spans.map(wireSpan) }] }] };
  }
}

function wireSpan({ startMs, endMs, attributes, error, ...ids }: EndedSpan): object {
  return {
    ...ids,
    kind: 1,
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(Math.max(startMs, endMs)),
    attributes: attributesOf(attributes),
    status: error === undefined ? {} : { code: 2, message: error },
  };
}

function attributesOf(attributes: EndedSpan["attributes"]): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: wireValue(value) }));
}

function wireValue(value: string | number | boolean): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function nanos(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}
