/** One login or logout a driver was asked for: the steps it reports, and how it ends. */

import { randomUUID } from "node:crypto";
import type { DriverLoginReport } from "../../core/channel/driver/driver-desk.ts";
import type { LoginStep } from "../../core/channel/network.ts";
import { raceAbort } from "../../lib/until-aborted.ts";
import { Wakeup } from "../../lib/wakeup.ts";

/** How it ended: who we are on the network now (may be empty), or why it did not work. */
type End = { readonly title: string } | { readonly error: Error };

/** See the file's first line. */
export class RemoteLogin {
  readonly id = randomUUID();
  readonly #bell = new Wakeup();
  /** What nobody has seen yet, by its kind: a driver that goes on and on fills nothing. */
  readonly #unseen = new Map<LoginStep["kind"], { readonly step: LoginStep; readonly number: number }>();
  /** Number of the last step that was heard. */
  #heard = 0;
  /** Number of the question that was shown and not answered. */
  #asked: number | undefined;
  #end: End | undefined;

  /** Hears a step, a repeated one only once; false when it is over and this one is new. */
  report(number: number, report: DriverLoginReport): boolean {
    if (number <= this.#heard) return true;
    if (this.#end !== undefined) return false;
    this.#heard = number;
    if (report.kind === "done") this.#close({ title: report.title });
    else if (report.kind === "failed") this.fail(report.reason || "its driver does not say why");
    else {
      // The newest goes last: people see them in the order they were made.
      this.#unseen.delete(report.kind);
      this.#unseen.set(report.kind, { step: report, number });
      this.#bell.wake();
    }
    return true;
  }

  /** True once it worked or did not. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Ends it when it is not over yet. */
  fail(reason: string): void {
    this.#close({ error: new Error(reason) });
  }

  /** The steps as they come, to the end; resolves with the title, rejects when it did not work or `signal` aborts. */
  async *steps(signal: AbortSignal): AsyncGenerator<LoginStep, string> {
    for (;;) {
      const [next] = this.#unseen.values();
      if (next !== undefined) {
        this.#unseen.delete(next.step.kind);
        if (next.step.kind === "prompt") this.#asked = next.number;
        yield next.step;
      } else if (this.#end === undefined) {
        await raceAbort(this.#bell.next(), signal);
      } else if ("error" in this.#end) {
        throw this.#end.error;
      } else {
        return this.#end.title;
      }
    }
  }

  /** Number of the question an answer is for, once; undefined when nothing is asked. */
  takeQuestion(): number | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    return asked;
  }

  #close(end: End): void {
    this.#end ??= end;
    this.#bell.wake();
  }
}
