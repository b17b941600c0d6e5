/** W3C trace context: which trace a request is part of. */

import { hash } from "node:crypto";

/** Ids in lower-case hexadecimal. */
export interface TraceParent {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits: the caller's span. */
  readonly spanId: string;
  /** True when the caller keeps its part of the trace. */
  readonly sampled: boolean;
}

/** Reads the header `traceparent`; undefined when it makes no sense. */
export function readTraceParent(header: string): TraceParent | undefined {
  const [, version, traceId = "", spanId = "", flags = ""] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/.exec(header.trim()) ?? [];
  if (version === undefined || version === "ff" || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** An id of so many hexadecimal digits, the same whenever it is made of the same text. */
export function idFrom(text: string, digits: number): string {
  return hash("sha256", text, "hex").slice(0, digits);
}
