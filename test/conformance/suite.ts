/** The official conformance suite's runner and protos, fetched once by the Go toolchain and kept in node_modules/.cache. */

import { execFile, spawn } from "node:child_process";
import { access, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const version = "v1.0.5";
const root = resolve(import.meta.dirname, "../..");
const cache = join(root, "node_modules/.cache/conformance", version);

/** Where the runner and the protos are. */
export interface Suite {
  /** The program `connectconformance`. */
  readonly runner: string;
  /** The suite's protos as `buf build` writes them. */
  readonly image: string;
}

/** The suite; undefined where there is no Go toolchain or the modules cannot be had. */
export async function findSuite(): Promise<Suite | undefined> {
  const suite = { runner: join(cache, "connectconformance"), image: join(cache, "suite.binpb") };
  if (await exist(suite)) return suite;
  await mkdir(cache, { recursive: true });
  try {
    const { stdout } = await run("go", ["mod", "download", "-json", `connectrpc.com/conformance@${version}`], {
      cwd: "/",
    });
    const { Dir: folder } = JSON.parse(stdout) as { Dir: string };
    await run(
      "node_modules/.bin/buf",
      ["build", join(folder, "proto"), "--as-file-descriptor-set", "-o", suite.image],
      {
        cwd: root,
      },
    );
    const env = { ...process.env, GOBIN: cache };
    await run("go", ["install", `connectrpc.com/conformance/cmd/connectconformance@${version}`], { cwd: "/", env });
  } catch {
    return undefined;
  }
  return suite;
}

/** How a run of the suite ended, and everything it printed. */
export interface SuiteResult {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs the cases that config.yaml selects, but not those that match one of `skip`, against conformance-server.ts. */
export function runSuite({ runner, image }: Suite, skip: readonly string[]): Promise<SuiteResult> {
  const server = [process.execPath, join(import.meta.dirname, "conformance-server.ts"), image];
  const options = ["--mode", "server", "--conf", join(import.meta.dirname, "config.yaml"), "--parallel", "16"];
  const skipped = skip.flatMap((pattern) => ["--skip", pattern]);
  return new Promise((settle, reject) => {
    const child = spawn(runner, [...options, ...skipped, "--", ...server], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.once("error", reject);
    child.once("close", (exitCode) => settle({ exitCode, output }));
  });
}

async function exist({ runner, image }: Suite): Promise<boolean> {
  try {
    await Promise.all([access(runner), access(image)]);
    return true;
  } catch {
    return false;
  }
}
