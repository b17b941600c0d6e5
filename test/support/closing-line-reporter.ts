/**
 * The mocha reporter: the usual tree of sentences, the slowest tests, and as the last line of all
 * "N passed, N failed, N skipped".
 *
 * The line is written when the process ends, so nothing a test left behind can print after it. A process that does not end
 * by itself, because a test left a server, a timer or a child process open, is ended here and counts as one more failure;
 * the reporter option `endGraceMs` says how long it may take.
 */

import Mocha from "mocha";

const { Base, Spec } = Mocha.reporters;
const slowestShown = 10;
const defaultEndGraceMs = 20_000;

/** Reports a run; made by mocha, once a process. */
class ClosingLineReporter extends Spec {
  readonly #timed: { title: string; ms: number }[] = [];
  readonly #endGraceMs: number;
  #leftOpen = 0;

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    this.#endGraceMs = Number(options.reporterOptions?.endGraceMs ?? defaultEndGraceMs);
    runner.on("test end", (test) => this.#timed.push({ title: test.fullTitle(), ms: test.duration ?? 0 }));
  }

  /** Called by mocha after the last test. */
  override epilogue(): void {
    if (this.failures.length > 0) Base.list(this.failures);
    this.#printSlowest();
    process.once("exit", () => this.#printClosingLine());
    setTimeout(() => this.#endStuckProcess(), this.#endGraceMs).unref();
  }

  #printSlowest(): void {
    const slowest = this.#timed.toSorted((a, b) => b.ms - a.ms).slice(0, slowestShown);
    const rows = slowest.filter(({ ms }) => ms >= this.runner.suite.slow());
    if (rows.length === 0) return;
    Base.consoleLog("\n  slowest:");
    for (const { title, ms } of rows) Base.consoleLog("  %s ms  %s", String(ms).padStart(6), title);
  }

  #printClosingLine(): void {
    const { passes, failures, pending } = this.stats;
    Base.consoleLog("\n%d passed, %d failed, %d skipped", passes, failures + this.#leftOpen, pending);
  }

  #endStuckProcess(): void {
    this.#leftOpen = 1;
    const open = process.getActiveResourcesInfo().filter((name) => !name.startsWith("TTY"));
    Base.consoleLog("\n  the tests left something open (%s); close it in after()", open.join(", ") || "unknown");
    // Mocha sets the exit code from its own count in an "exit" listener; this one comes after it.
    process.once("exit", () => {
      process.exitCode = 1;
    });
    process.exit();
  }
}

export { ClosingLineReporter as "module.exports" };
