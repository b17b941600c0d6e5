/** Regular expressions an operator writes and strangers' text is matched against: ones that cannot be made to run for long. */

/** Longest source that is taken. */
const maxSource = 256;

/** Characters looked at, by how many parts of the pattern may repeat without bound: the time grows with that power. */
const reach = [10_000, 4_000, 400] as const;

/** A pattern that answers soon whatever it is asked about. */
export class SafePattern {
  readonly #expression: RegExp;
  readonly #reach: number;

  private constructor(expression: RegExp, reachLength: number) {
    this.#expression = expression;
    this.#reach = reachLength;
  }

  /**
   * The pattern, case-insensitive, or undefined when it is no regular expression or might run for long: one with a repeated
   * group that repeats something itself, with back references or look-arounds, or with more than two unbounded repeats.
   */
  static from(source: string): SafePattern | undefined {
    if (source === "" || source.length > maxSource || /\\[1-9]|\\k<|\(\?(?:[=!]|<[=!])/.test(source)) return undefined;
    const repeats = countRepeats(source);
    const reachLength = repeats === undefined ? undefined : reach[repeats];
    if (reachLength === undefined) return undefined;
    try {
      return new SafePattern(new RegExp(source, "iu"), reachLength);
    } catch {
      // No regular expression: the same as one that is not safe.
      return undefined;
    }
  }

  /** True when it occurs near the beginning or the end of the text. */
  test(text: string): boolean {
    if (text.length <= this.#reach) return this.#expression.test(text);
    return this.#expression.test(text.slice(0, this.#reach)) || this.#expression.test(text.slice(-this.#reach));
  }
}

/** How many parts repeat without bound; undefined when a repeated group holds a repeat or a choice, whatever its bound. */
function countRepeats(source: string): number | undefined {
  const plain = source.replace(/\\./gs, "x").replace(/\[[^\]]*\]/g, "x");
  const open: boolean[] = [];
  let count = 0;
  for (let index = 0; index < plain.length; index++) {
    const rest = plain.slice(index);
    const [repeat] = /^(?:[*+]|\{\d+,?\d*\})/.exec(rest) ?? [];
    if (rest.startsWith("(")) open.push(false);
    else if (rest.startsWith("|")) markAll(open);
    else if (rest.startsWith(")")) {
      const nested = open.pop() ?? false;
      const repeated = /^\)(?:[*+]|\{)/.test(rest);
      if (nested && repeated) return undefined;
      if (nested || repeated) markAll(open);
    } else if (repeat !== undefined) {
      markAll(open);
      if (!/^\{\d+\}$/.test(repeat)) count += 1;
      index += repeat.length - 1;
    }
  }
  return count;
}

function markAll(open: boolean[]): void {
  open.fill(true);
}
