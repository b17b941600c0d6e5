/** Calls a second a server answers: measured with h2load where it is installed, else with a client in Node. */

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bodyOf, type CallLoad, headersOf, inFlight } from "./call-load.ts";

const run = promisify(execFile);

/** What makes the calls: "h2load", or "a client in Node", which is slower than some servers. */
export async function loadGenerator(): Promise<string> {
  return (await hasH2load()) ? "h2load" : "a client in Node";
}

/** Answers a second. Fails when any call does. */
export async function measureRate(load: CallLoad): Promise<number> {
  return (await hasH2load()) ? await rateByH2load(load) : await rateByNode(load);
}

let known: boolean | undefined;

async function hasH2load(): Promise<boolean> {
  known ??= await run("h2load", ["--version"]).then(
    () => true,
    () => false,
  );
  return known;
}

async function rateByH2load(load: CallLoad): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-bench-"));
  try {
    const body = join(folder, "body");
    await writeFile(body, bodyOf(load));
    const shape = load.protocol === "http2" ? ["-c", "1", "-m", String(inFlight)] : ["--h1", "-c", String(inFlight)];
    const headers = Object.entries(headersOf(load)).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
    const times = [`--warm-up-time=${load.warmUpSeconds}`, "-D", String(load.seconds)];
    const { stdout } = await run("h2load", [...shape, ...headers, ...times, "-d", body, load.url]);
    return readH2load(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function readH2load(report: string): number {
  const rate = /([\d.]+) req\/s/.exec(report)?.[1];
  const [, good, ...bad] = /(\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/.exec(report) ?? [];
  if (rate === undefined || Number(good) === 0 || bad.some((count) => Number(count) > 0)) {
    throw new Error(`calls failed:\n${report}`);
  }
  return Number(rate);
}

async function rateByNode(load: CallLoad): Promise<number> {
  const program = join(import.meta.dirname, "../harness/load-process.ts");
  const { stdout } = await run(process.execPath, [program, JSON.stringify(load)]);
  return Number(stdout);
}
