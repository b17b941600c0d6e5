/** The machine and the versions a benchmark ran with. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../gateway/built-program.ts";

/** Where numbers come from. */
export interface Machine {
  readonly system: string;
  readonly processor: string;
  readonly memoryGb: number;
  /** Processes that wanted a core just before, over a minute: other work makes every number worse. */
  readonly load: number;
  /** By name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly time: string;
}

/** Looks at this machine. */
export function describeMachine(): Machine {
  const cores = cpus();
  return {
    system: `${platform()} ${release()} ${arch()}`,
    processor: `${cores.length} × ${cores[0]?.model.trim() ?? "unknown"}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0] ?? 0,
    versions: {
      gateway: `${packageVersion(".")} (${commit()})`,
      node: process.versions.node,
      v8: process.versions.v8,
      sqlite: process.versions.sqlite ?? "unknown",
      connect: packageVersion("node_modules/@connectrpc/connect"),
      protobuf: packageVersion("node_modules/@bufbuild/protobuf"),
    },
    time: new Date().toISOString(),
  };
}

function packageVersion(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as { version: string };
  return version;
}

function commit(): string {
  try {
    const described = execFileSync("git", ["describe", "--always", "--dirty"], {
      cwd: root,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return described.toString().trim();
  } catch {
    return "no commit";
  }
}
