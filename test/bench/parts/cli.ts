/** What somebody waits for who types a command. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type BenchGateway, withGateway } from "../gateway/bench-gateway.ts";
import { mainPath } from "../gateway/built-program.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";
import { median } from "../statistics.ts";

const repeats = 10;
const commands = [
  { words: ["gateway", "health"], promised: promises.cliHealth },
  { words: ["sessions", "list"], promised: promises.cliSessions },
  { words: ["gateway", "status"], promised: promises.cliStatus },
];

/** Runs each command against a running gateway, once to warm up and then ten times. */
export function measureCli(): Promise<Row[]> {
  return withGateway({}, async (gateway) => {
    const rows: Row[] = [await bareNode()];
    for (const { words, promised } of commands) {
      const times: number[] = [];
      for (let repeat = 0; repeat <= repeats; repeat++) times.push(await timeProcess([mainPath, ...words], gateway));
      rows.push({
        what: `openclaw ${words.join(" ")}`,
        unit: "ms",
        value: median(times.slice(1)),
        ...promised,
        how: `process start to exit, median of ${repeats}`,
      });
    }
    return rows;
  });
}

/** What no command can be faster than. */
async function bareNode(): Promise<Row> {
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) times.push(await timeProcess(["--eval", ""]));
  return { what: "node that does nothing", unit: "ms", value: median(times), how: "the limit of every command" };
}

/** Time of a process of this Node in ms. Fails when it does not exit with 0. */
async function timeProcess(words: readonly string[], gateway?: BenchGateway): Promise<number> {
  const startedMs = performance.now();
  await promisify(execFile)(process.execPath, words, { env: gateway?.environment });
  return performance.now() - startedMs;
}
