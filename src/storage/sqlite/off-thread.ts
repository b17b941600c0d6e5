/** Statements that read much, run beside the process: a check of a large file takes seconds, and nobody should wait for it. */

import { Worker } from "node:worker_threads";
import { type StorageTrouble, troubleOf } from "./sqlite-error.ts";

/** A row, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** What one statement gave: its rows, or why it could not. */
export type QueryResult =
  | { readonly rows: readonly Row[] }
  | { readonly problem: string; readonly trouble: StorageTrouble | undefined };

/** Text, because a bundle has no file a thread could begin with. Closing is the end of the thread. */
const program = `
  const { parentPort, workerData: { path, statements, readOnly } } = process.getBuiltinModule("node:worker_threads");
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const attempt = (work) => {
    try {
      return work();
    } catch (error) {
      return { problem: error.message, errcode: error.errcode };
    }
  };
  const results = attempt(() => {
    const database = new DatabaseSync(path, { readOnly, timeout: 1000 });
    try {
      return statements.map((sql) => attempt(() => ({ rows: database.prepare(sql).all().map((row) => ({ ...row })) })));
    } finally {
      database.close();
    }
  });
  parentPort.postMessage(Array.isArray(results) ? results : statements.map(() => results));`;

type Answer = { readonly rows: Row[] } | { readonly problem: string; readonly errcode: unknown };

/** How statements are run. */
export interface QueryOptions {
  /** Stops them when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** They may change the file; otherwise it is opened to read. */
  readonly write?: boolean;
}

/** Runs the statements one after another on a connection of their own, and gives a result for each. */
export async function queryOffThread(
  path: string,
  statements: readonly string[],
  { signal, write = false }: QueryOptions = {},
): Promise<QueryResult[]> {
  signal?.throwIfAborted();
  const worker = new Worker(program, { eval: true, workerData: { path, statements, readOnly: !write }, env: {} });
  const stop = (): void => void worker.terminate();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const answers = await new Promise<readonly Answer[]>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", () =>
        reject(signal?.aborted ? signal.reason : new Error("the check ended without an answer")),
      );
    });
    return answers.map((answer) =>
      "rows" in answer ? answer : { problem: answer.problem, trouble: readTrouble(answer) },
    );
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function readTrouble({ problem, errcode }: { problem: string; errcode: unknown }): StorageTrouble | undefined {
  return troubleOf(Object.assign(new Error(problem), { errcode }));
}
