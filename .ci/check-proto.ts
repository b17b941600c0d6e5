/**
 * `npm run check:proto`: the contract is well formed, breaks no client, and `gen/` is what it generates.
 *
 * Works on the folder it is started in and never writes there. Arguments name the checks to make (lint, format, breaking,
 * generated); none means all. A change that has to break clients says why in its commit, with a trailer
 * "Breaking-Contract: <reason>".
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const ownProtos = "proto/openclaw";
const root = process.cwd();
const binaries = resolve(root, "node_modules/.bin");
const environment = { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH ?? ""}` };

interface Result {
  readonly ok: boolean;
  readonly output: string;
}

function run(command: string, args: readonly string[], folder = root): Result {
  const child = spawnSync(command, args, {
    cwd: folder,
    env: environment,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (child.error !== undefined) return { ok: false, output: `${command} does not start: ${child.error.message}` };
  return { ok: child.status === 0, output: `${child.stdout}${child.stderr}`.trim() };
}

function git(...args: string[]): string | undefined {
  const { ok, output } = run("git", args);
  return ok ? output : undefined;
}

/** The commit clients may have built against: where this branch left main, or what the newest change of proto/ came after. */
function findBaseline(): string | undefined {
  const head = git("rev-parse", "HEAD");
  for (const main of ["origin/HEAD", "origin/main", "main"]) {
    const base = git("merge-base", "HEAD", main);
    if (base !== undefined && base !== head) return base;
  }
  if (git("status", "--porcelain", "--", "proto") !== "") return head;
  const newest = git("log", "-1", "--format=%H", "--", "proto");
  return newest === undefined ? undefined : git("rev-parse", "--verify", "--quiet", `${newest}^`);
}

function checkBreaking(scratch: string): Result {
  const baseline = findBaseline();
  if (baseline === undefined || !git("ls-tree", "--name-only", baseline, `${ownProtos}/`)) {
    return {
      ok: true,
      output: "nothing to compare with: no earlier commit here has protos (first commit or shallow clone)",
    };
  }
  const before = join(scratch, "before");
  const archive = join(scratch, "before.tar");
  mkdirSync(before);
  symlinkSync(resolve(root, "node_modules"), join(before, "node_modules"));
  const images = { before: join(scratch, "before.binpb"), now: join(scratch, "now.binpb") };
  const build = (image: string) => ["build", "--path", ownProtos, "-o", image];
  const compare = ["breaking", images.now, "--against", images.before, "--exclude-imports", "--config", "buf.yaml"];
  const steps = [
    () => run("git", ["archive", "--output", archive, baseline, "proto", "buf.yaml"]),
    () => run("tar", ["-xf", archive, "-C", before]),
    () => run("buf", build(images.before), before),
    () => run("buf", build(images.now)),
  ];
  for (const step of steps) {
    const result = step();
    if (!result.ok) return result;
  }
  const result = run("buf", compare);
  if (result.ok) return { ok: true, output: `compared with ${baseline.slice(0, 12)}` };
  const reason = git("log", "--format=%(trailers:key=Breaking-Contract,valueonly)", `${baseline}..HEAD`)?.trim();
  if (reason) return { ok: true, output: `${result.output}\nallowed, because: ${reason}` };
  const advice = `clients built at ${baseline.slice(0, 12)} would break; keep the old field or method, or say why not in a commit trailer "Breaking-Contract: …"`;
  return { ok: false, output: `${result.output}\n${advice}` };
}

function checkGenerated(scratch: string): Result {
  const generated = run("buf", ["generate", "-o", scratch]);
  if (!generated.ok) return generated;
  const difference = run("git", ["diff", "--no-index", "--no-color", "gen", join(scratch, "gen")]);
  if (difference.ok) return difference;
  return { ok: false, output: `${difference.output}\ngen/ is not what proto/ generates; run: npm run generate` };
}

const checks: Readonly<Record<string, (scratch: string) => Result>> = {
  lint: () => run("buf", ["lint"]),
  format: () => run("buf", ["format", "--diff", "--exit-code", "--path", ownProtos]),
  breaking: checkBreaking,
  generated: checkGenerated,
};

function check(wanted: readonly string[]): boolean {
  const scratch = mkdtempSync(join(tmpdir(), "openclaw-proto-"));
  let ok = true;
  try {
    for (const name of wanted) {
      const result = checks[name]?.(scratch) ?? { ok: false, output: `there are ${Object.keys(checks).join(", ")}` };
      ok &&= result.ok;
      process.stdout.write(
        `proto ${name}: ${result.ok ? "ok" : "failed"}${result.output ? `\n${result.output}` : ""}\n`,
      );
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return ok;
}

const named = process.argv.slice(2);
process.exitCode = check(named.length > 0 ? named : Object.keys(checks)) ? 0 : 1;
