/** Programs that run beside the gateway: servers to compare with, and a model provider. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A program that runs. */
export interface SideProcess {
  /** What it wrote as its first line, JSON. */
  readonly addresses: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts harness/<name>.ts; it must write one line of JSON when it is ready. */
export async function startSideProcess(name: string): Promise<SideProcess> {
  const program = join(import.meta.dirname, "../harness", `${name}.ts`);
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const first = await Promise.race([once(createInterface(child.stdout), "line"), exited.then(() => undefined)]);
  if (first === undefined) throw new Error(`${name} ended before it was ready`);
  return {
    addresses: JSON.parse(String(first[0])) as Record<string, string>,
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}
