/** A broken rule of the house. */

/** Where, what, and what to do. */
export interface Violation {
  readonly path: string;
  /** From 1; 0 when the whole file or folder is meant. */
  readonly line: number;
  /** What is wrong, then what to do. */
  readonly problem: string;
}

/** "src/core/x.ts:12: core may not import storage/; …". */
export function formatViolation({ path, line, problem }: Violation): string {
  return line === 0 ? `${path}: ${problem}` : `${path}:${line}: ${problem}`;
}
