/** Random JSON5 documents with comments everywhere, for tests that change them. */

import type { SeededRandom } from "../../support/seeded-random.ts";

const keys = ["a", "port", "model", "x-y", "list", "deep", "__proto__", "constructor", "ünï", "1st"];
const scalars = [
  0,
  1,
  -7,
  18789,
  2.5,
  true,
  false,
  null,
  "",
  "text",
  'a "quoted" one',
  "it's",
  "line\nbreak",
  "\\back",
  "\u2028",
];

/** A random value of at most `depth` levels. */
export function randomValue(random: SeededRandom, depth: number): unknown {
  const kind = depth === 0 ? 0 : random.between(0, 4 - 1);
  if (kind === 1) return Array.from({ length: random.between(0, 4 - 1) }, () => randomValue(random, depth - 1));
  if (kind >= 2) return randomObject(random, depth);
  return scalars[random.between(0, scalars.length - 1)];
}

/** A random object. */
export function randomObject(random: SeededRandom, depth: number): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (let count = random.between(0, 5 - 1); count > 0; count -= 1)
    object[randomKey(random)] = randomValue(random, depth - 1);
  return object;
}

/** A key that may need quotes, or may be special to JavaScript. */
export function randomKey(random: SeededRandom): string {
  return keys[random.between(0, keys.length - 1)] as string;
}

/** The value as text in a random manner. Every comment is numbered, `c17`, so that it can be looked for. */
export class RandomWriter {
  readonly #random: SeededRandom;
  readonly #lineBreak: string;
  #comments = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
    this.#lineBreak = random.between(0, 4 - 1) === 0 ? "\r\n" : "\n";
  }

  write(value: unknown): string {
    return `${this.#random.between(0, 5 - 1) === 0 ? "\uFEFF" : ""}${this.#gap()}${this.#value(value)}${this.#gap()}`;
  }

  #value(value: unknown): string {
    if (Array.isArray(value))
      return this.#container(
        "[]",
        value.map((element) => this.#value(element)),
      );
    if (typeof value === "object" && value !== null) {
      const members = Object.entries(value).map(([key, member]) => {
        return `${this.#key(key)}${this.#gap()}:${this.#gap()}${this.#value(member)}`;
      });
      return this.#container("{}", members);
    }
    return typeof value === "string" ? this.#string(value) : JSON.stringify(value);
  }

  #container(braces: string, items: readonly string[]): string {
    const trailing = items.length > 0 && this.#random.between(0, 2 - 1) === 0 ? `,${this.#gap()}` : "";
    const body = items.map((item) => `${this.#gap()}${item}${this.#gap()}`).join(",");
    return `${braces[0]}${body || this.#gap()}${trailing}${braces[1]}`;
  }

  #key(key: string): string {
    return /^[a-z_]+$/.test(key) && this.#random.between(0, 2 - 1) === 0 ? key : this.#string(key);
  }

  #string(text: string): string {
    if (this.#random.between(0, 2 - 1) === 0) return JSON.stringify(text);
    const inner = JSON.stringify(text)
      .slice(1, -1)
      .replace(/\\(.)|'/g, (found, escaped) => {
        return escaped === undefined ? "\\'" : escaped === '"' ? '"' : found;
      });
    return `'${inner}'`;
  }

  #gap(): string {
    switch (this.#random.between(0, 9 - 1)) {
      case 0:
        return ` // ${this.#name()}${this.#lineBreak}`;
      case 1:
        return `/* ${this.#name()} */`;
      case 2:
        return `${this.#lineBreak}  `;
      case 3:
        return `${this.#lineBreak}\t/* ${this.#name()},${this.#lineBreak} { */ `;
      case 4:
        return " ";
      default:
        return "";
    }
  }

  #name(): string {
    this.#comments += 1;
    return `c${this.#comments}.`;
  }
}
