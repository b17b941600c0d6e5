/** One conversation's way out: one thing at a time, woken when there may be something to do. */

/** How a lane goes on after a step. */
export type LaneRest =
  /** Nothing waits in it any more. */
  | { readonly kind: "empty" }
  /** There may be more to do at once. */
  | { readonly kind: "more" }
  /** It waits to be woken, or for so many ms. */
  | { readonly kind: "wait"; readonly ms?: number };

/** What a lane is built from. */
export interface LaneOptions {
  /** Does the next thing. */
  readonly step: () => Promise<LaneRest>;
  /** Nothing is left, and nobody is at work: the lane may be forgotten. */
  readonly emptied: () => void;
  /** A step failed; answers after how many ms the next one is tried. */
  readonly failed: (error: unknown) => number;
}

/** Longest time a timer can run, in ms. */
const longestTimerMs = 2 ** 31 - 1;

/** A lane. */
export class Lane {
  readonly #options: LaneOptions;
  #timer: NodeJS.Timeout | undefined;
  #again = false;
  #stopped = false;
  #work: Promise<void> | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** True while a step is being done. */
  get working(): boolean {
    return this.#work !== undefined;
  }

  /** Settles when no step is being done. */
  get done(): Promise<void> {
    return this.#work ?? Promise.resolve();
  }

  /** There may be something to do. */
  wake(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#again = true;
    this.#start();
  }

  /** Does no further step. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Does something else while no step is done; not when one is being done, or something is waiting for its time. */
  async between(work: () => Promise<void>): Promise<void> {
    if (this.#work !== undefined || this.#timer !== undefined || this.#stopped) return;
    const run = work().finally(() => {
      this.#work = undefined;
      this.wake();
    });
    this.#work = run.catch(() => {});
    await run;
  }

  #start(): void {
    if (this.#work !== undefined) return;
    this.#work = this.#run().finally(() => {
      this.#work = undefined;
      if (this.#again && !this.#stopped) this.#start();
    });
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    while (!this.#stopped) {
      this.#again = false;
      const rest = await this.#step();
      if (rest.kind === "more" || this.#again) continue;
      if (rest.kind === "empty") this.#options.emptied();
      else if (rest.ms !== undefined) this.#sleep(rest.ms);
      return;
    }
  }

  async #step(): Promise<LaneRest> {
    try {
      return await this.#options.step();
    } catch (error) {
      return { kind: "wait", ms: this.#options.failed(error) };
    }
  }

  #sleep(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.wake(), Math.min(ms, longestTimerMs));
    this.#timer.unref();
  }
}
