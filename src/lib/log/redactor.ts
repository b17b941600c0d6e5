/** Makes secrets unreadable: those it was told, and whatever looks like one. */

import { isSensitiveName, secretPatterns } from "./secret-patterns.ts";

/** Shorter ones would be found in every other word. */
const shortestSecret = 4;

/** What stands for a secret that may not be shown at all. */
const hidden = "***";

/** The first 6 and the last 4 characters of a secret of 18 or more, so that people can tell which one it was; else "***". */
export function mask(secret: string): string {
  return secret.length >= 18 ? `${secret.slice(0, 6)}…${secret.slice(-4)}` : hidden;
}

/** Knows the secrets of a process. */
export class Redactor {
  /** What is shown instead, by every form of a secret. */
  readonly #secrets = new Map<string, string>();
  #known: RegExp | undefined;
  #longest = 0;

  /** Characters of the longest secret it was told. */
  get longest(): number {
    return this.#longest;
  }

  /**
   * From now on these values never come out, neither as they are nor as JSON or an address would write them. Values of fewer
   * than 4 characters are not taken.
   */
  add(values: Iterable<string | undefined>): void {
    const before = this.#secrets.size;
    for (const value of values) {
      if (value === undefined || value.length < shortestSecret) continue;
      for (const form of formsOf(value)) this.#secrets.set(form, mask(value));
    }
    if (this.#secrets.size === before) return;
    const longestFirst = [...this.#secrets.keys()].sort((a, b) => b.length - a.length);
    this.#longest = longestFirst[0]?.length ?? 0;
    this.#known = new RegExp(longestFirst.map(escapePattern).join("|"), "g");
  }

  /** The text with every secret in it masked. */
  text(text: string): string {
    if (text.length < shortestSecret) return text;
    const known = this.#known;
    let result =
      known === undefined ? text : text.replace(known, (form) => this.#safe(this.#secrets.get(form) ?? hidden));
    for (const { hint, pattern } of secretPatterns) {
      if (hint.test(result)) result = result.replace(pattern, maskGroup);
    }
    // What is left after a replacement can read like another secret: then nothing of it is shown.
    return known !== undefined && result !== text && result.search(known) >= 0 ? hidden : result;
  }

  /** The text of a field: all of it is a secret when the field's name says so. */
  field(name: string, text: string): string {
    return isSensitiveName(name) ? this.#safe(mask(text)) : this.text(text);
  }

  /** The parts of a secret that stay can be another, shorter one. */
  #safe(masked: string): string {
    return this.#known !== undefined && masked.search(this.#known) >= 0 ? hidden : masked;
  }
}

function maskGroup(...found: unknown[]): string {
  const whole = found[0] as string;
  const { secret } = found.at(-1) as { secret: string };
  const start = whole.lastIndexOf(secret);
  return whole.slice(0, start) + maskOnce(secret) + whole.slice(start + secret.length);
}

/** What was masked before stays as it is. */
function maskOnce(secret: string): string {
  return secret === hidden || /^.{6}….{4}$/.test(secret) ? secret : mask(secret);
}

/** As it is, as JSON writes it, as an address writes it. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const address = encodeURIComponent(secret.toWellFormed());
  return [secret, json, JSON.stringify(json).slice(1, -1), address];
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
