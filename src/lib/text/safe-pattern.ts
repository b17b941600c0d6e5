/** Regular expressions an operator writes and strangers' text is matched against: ones that cannot be made to run for long. */

/** Longest source that is taken. */
const maxSource = 256;

/** Characters looked at, by how many parts of the pattern may repeat without bound: the time grows with that power. */
const reach = [10_000, 4_000, 400] as const;

/** Most ways to read one place that optional parts and choices in groups may make together: the time grows with them, too. */
const mostWays = 64;

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
   * group that repeats something itself, with back references or look-arounds, with more than two unbounded repeats, or with
   * many optional parts and choices.
   */
  static from(source: string): SafePattern | undefined {
    if (source === "" || source.length > maxSource || /\\[1-9]|\\k<|\(\?(?:[=!]|<[=!])/.test(source)) return undefined;
    const reachLength = reachOf(source);
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

/** Characters that can be looked at; undefined when nobody knows how long even few would take. */
function reachOf(source: string): number | undefined {
  const plain = source.replace(/\\./gs, "x").replace(/\[[^\]]*\]/g, "x");
  const repeats = countRepeats(plain);
  const ways = countWays(plain);
  const most = repeats === undefined || ways > mostWays ? undefined : reach[repeats];
  return repeats && most ? Math.floor(most / ways ** (1 / (repeats + 1))) : most;
}

/** In how many ways one place can be read at most: an optional part makes two of each, a group as many as it has choices. */
function countWays(plain: string): number {
  const choices: number[] = [];
  let ways = 1;
  for (const [part] of plain.matchAll(/\(\??|[|)]|[*+}?]\?|\?/g)) {
    if (part.startsWith("(")) choices.push(1);
    else if (part === ")") ways *= choices.pop() ?? 1;
    else if (part === "|") choices.push((choices.pop() ?? 0) + 1);
    else if (part.startsWith("?")) ways *= 2;
  }
  return ways;
}

/** How many parts repeat without bound; undefined when a repeated group holds a repeat or a choice, whatever its bound. */
function countRepeats(plain: string): number | undefined {
  const open: boolean[] = [];
  let count = 0;
  for (let index = 0; index < plain.length; index++) {
    const rest = plain.slice(index);
    const [repeat] = /^(?:[*+]|\{\d+,?\d*\})/.exec(rest) ?? [];
    if (rest.startsWith("(")) {
      open.push(false);
      // What follows says what kind of group it is.
      if (rest.startsWith("(?")) index += 1;
    } else if (/^[|?]/.test(rest)) markAll(open);
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
