/**
 * The tracer port: what happens to a message, as spans of one trace, from the moment it is accepted to the moment its answer
 * is delivered. Spans say how long something took, about what, and how it ended; never what anybody wrote.
 */

/** Facts about a span: names, counts, words. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A piece of work that is being done. */
export interface Span {
  /** Ends it; once. `error` is why it failed, in one word or two ("MODEL_UNAVAILABLE"). More attributes may be added. */
  end(error?: string, attributes?: Attributes): void;
}

/** What is known of a span when it begins. */
export interface SpanOptions {
  readonly attributes?: Attributes;
  /** When it began, ms since the Unix epoch; now unless given. */
  readonly startMs?: number;
}

/** Makes spans. */
export interface Tracer {
  /**
   * Begins a span: "message.accept", "model.call", "tool.call", "delivery", … `parent` is the name of the run it is done for:
   * all spans of a run are one trace. Where the run is not known yet, a function is asked when the span ends; a span without
   * a run is dropped.
   */
  span(name: string, parent: string | (() => string | undefined), options?: SpanOptions): Span;
  /** The run's trace is part of its caller's: `traceparent` is the W3C header it sent. One that makes no sense is ignored. */
  adopt(run: string, traceparent: string): void;
}

const noSpan: Span = { end: () => {} };

/** Traces nothing. */
export const noTracer: Tracer = { span: () => noSpan, adopt: () => {} };

/** All of them hear of everything. */
export function allTracers(tracers: readonly Tracer[]): Tracer {
  return {
    span: (name, parent, options) => {
      const spans = tracers.map((tracer) => tracer.span(name, parent, options));
      return {
        end: (error, attributes) => {
          for (const span of spans) span.end(error, attributes);
        },
      };
    },
    adopt: (run, traceparent) => {
      for (const tracer of tracers) tracer.adopt(run, traceparent);
    },
  };
}
