/** What a part of the benchmarks is, and what it finds out. */

/** A bound that was promised; exactly one of the two is set. */
export interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** What a value is compared with. */
export interface Yardstick {
  /** "reference" for the recorded numbers of the reference system, else what was measured in this run. */
  readonly name: string;
  /** In the row's unit. */
  readonly value: number;
}

/** One measured value. */
export interface Row {
  readonly what: string;
  readonly unit: "s" | "ms" | "MB" | "/s" | "%" | "";
  readonly value: number;
  /** Absent where nothing was promised: the row explains another one. */
  readonly promise?: Bound;
  readonly against?: Yardstick;
  /** What was done, in a few words. */
  readonly how: string;
}

/** A row and the part it is of. */
export interface Measured extends Row {
  readonly part: string;
}

/** One part; it can be run by itself. */
export interface Part {
  readonly name: string;
  readonly about: string;
  readonly measure: () => Promise<Row[]>;
}
