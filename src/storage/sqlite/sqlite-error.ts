/** What a SQLite error means for the store. */

/**
 * "damaged": the file is not what it should be. "full": no space left. "blocked": another program holds a lock.
 * "unwritable": the disk or the file system refuses.
 */
export type StorageTrouble = "damaged" | "full" | "blocked" | "unwritable";

/** Primary result codes, the lowest byte of node:sqlite's `errcode`. */
const troubles = new Map<number, StorageTrouble>([
  [5, "blocked"],
  [6, "blocked"],
  [8, "unwritable"],
  [10, "unwritable"],
  [11, "damaged"],
  [13, "full"],
  [14, "unwritable"],
  [26, "damaged"],
]);

/** The trouble behind an error of node:sqlite; undefined when the error is about the statement or not SQLite's at all. */
export function troubleOf(error: unknown): StorageTrouble | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return troubles.get(error.errcode & 0xff);
}
