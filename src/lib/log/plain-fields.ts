/** From whatever is given to a log to plain, bounded data without secrets. */

import type { Redactor } from "./redactor.ts";
import { isSensitiveName } from "./secret-patterns.ts";

/** Bounds of what one line may hold. */
const bounds = { textLength: 8_192, readLength: 65_536, depth: 6, entries: 64 };

/** Makes values plain: errors become their name, message, stack and cause; what cannot be written is told in words. */
export class PlainFields {
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** The fields, in the order they came. */
  fields(fields: object): Record<string, unknown> {
    return this.#object(fields, { depth: 0, secret: false, above: [fields] });
  }

  /** A text of bounded length. What was too long ends in "…". */
  text(text: string, secret = false): string {
    const read = text.length > bounds.readLength ? text.slice(0, bounds.readLength) : text;
    let plain = secret ? this.#redactor.field("secret", read) : this.#redactor.text(read);
    // The cut may have gone through a secret, which is then not known any more.
    if (read.length < text.length) plain = plain.slice(0, Math.max(0, plain.length - this.#redactor.longest));
    const shown = plain.length > bounds.textLength ? plain.slice(0, bounds.textLength) : plain;
    return shown.length < plain.length || read.length < text.length ? `${shown}…` : shown;
  }

  #value(value: unknown, place: Place): unknown {
    switch (typeof value) {
      case "string":
        return this.text(value, place.secret);
      case "number":
      case "bigint":
        return this.#number(value, place.secret);
      case "object":
        return value === null ? null : this.#nested(value, place);
      case "boolean":
        return value;
      default:
        return undefined;
    }
  }

  #number(value: number | bigint, secret: boolean): unknown {
    const text = String(value);
    const plain = secret && typeof value === "bigint" ? this.text(text, true) : this.text(text);
    return plain === text && typeof value === "number" && Number.isFinite(value) ? value : plain;
  }

  #nested(value: object, place: Place): unknown {
    if (place.above.includes(value)) return "[circular]";
    if (place.depth >= bounds.depth) return "[…]";
    const inner = { ...place, depth: place.depth + 1, above: [...place.above, value] };
    try {
      if (value instanceof Error) return this.#error(value, inner);
      if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
      if (value instanceof Map) return this.#object(Object.fromEntries(value), inner);
      if (Array.isArray(value) || value instanceof Set) return this.#list([...value], inner);
      if (value instanceof Date || value instanceof URL) return this.text(String(value.toJSON()), place.secret);
      return this.#object(value, inner);
    } catch {
      return "[cannot be read]";
    }
  }

  #list(values: readonly unknown[], place: Place): unknown[] {
    const shown = values.slice(0, bounds.entries).map((value) => this.#value(value, place) ?? null);
    return shown.length < values.length ? [...shown, `… ${values.length - shown.length} more`] : shown;
  }

  #object(value: object, place: Place): Record<string, unknown> {
    const plain: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(value).slice(0, bounds.entries)) {
      const secret = place.secret || isSensitiveName(name);
      const shown = this.#value(field, { ...place, secret });
      if (shown !== undefined) plain[this.text(name)] = shown;
    }
    return plain;
  }

  /** Also what stands in its message and stack: errors of libraries like to quote what they were given. */
  #error(error: Error, place: Place): Record<string, unknown> {
    const { name, message, stack, cause } = error;
    const more = error instanceof AggregateError ? { errors: error.errors } : {};
    const known = { name, message, stack: stack?.startsWith(`${name}: ${message}\n`) ? frames(stack, error) : stack };
    return this.#object({ ...known, ...error, ...more, ...(cause === undefined ? {} : { cause }) }, place);
  }
}

interface Place {
  readonly depth: number;
  /** True below a field whose name says that it holds a secret. */
  readonly secret: boolean;
  /** What it is in, outermost first. */
  readonly above: readonly object[];
}

/** The stack without the message, which has a field of its own. */
function frames(stack: string, { name, message }: Error): string {
  return stack.slice(`${name}: ${message}\n`.length);
}
