/** Runs a client of the scenario in a process of its own and reads what it found. */

import type { Finding, Findings, Task } from "./scenario.ts";
import { runProgram } from "./toolchain.ts";

/** A command that takes the task as its last argument and prints one JSON line a step. */
export interface ClientProgram {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Does the task; fails with what the client wrote when it ends with an exit code. */
export async function runClient(client: ClientProgram, task: Task): Promise<Findings> {
  const { program, args, environment = {} } = client;
  const output = await runProgram(program, [...args, JSON.stringify(task)], { environment, timeoutMs: 60_000 });
  return new Map(
    output
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Finding & { step: string })
      .map(({ step, ...finding }) => [step, finding]),
  );
}
