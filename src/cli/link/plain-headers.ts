/**
 * The headers of a call, in a map.
 *
 * Connect makes Headers for every call. Node's own come with all of fetch, and loading that takes longer than starting Node:
 * a process that only runs a command does without.
 */

type HeaderPairs = Iterable<readonly [name: string, value: string]> | Readonly<Record<string, string>>;

/** What Connect uses of Headers: names in any case, several values of a name joined by commas. */
export class PlainHeaders {
  readonly #values = new Map<string, string>();

  constructor(init: HeaderPairs = {}) {
    const pairs = Symbol.iterator in init ? init : Object.entries(init);
    for (const [name, value] of pairs as Iterable<readonly [string, string]>) this.append(name, value);
  }

  append(name: string, value: string): void {
    const held = this.get(name);
    this.set(name, held === null ? value : `${held}, ${value}`);
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  forEach(visit: (value: string, name: string, headers: PlainHeaders) => void): void {
    for (const [name, value] of this) visit(value, name, this);
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), String(value).trim());
  }

  /** By name. */
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return [...this.#values].sort()[Symbol.iterator]();
  }
}

/** Makes them the Headers of this process. By assignment: defining the property would load what it replaces. */
export function usePlainHeaders(): void {
  globalThis.Headers = PlainHeaders as unknown as typeof Headers;
}
