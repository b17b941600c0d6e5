#!/usr/bin/env node
/** The `openclaw` executable: makes sure that this Node can run the program, then runs it. */

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `error: openclaw needs Node 22.18 or newer, and this is ${process.version}\n  next: install Node 24 from https://nodejs.org, then try again\n`,
  );
  process.exit(1);
}

const { enableCompileCache } = await import("node:module");
enableCompileCache();
const { runCli } = await import("./cli/cli.ts");
process.exitCode = await runCli(process.argv.slice(2));
