/**
 * The benchmarks: `npm run bench [-- part …] [--json]`. Measures the built program in processes of its own and prints one
 * table, each row with what was promised and what the reference system, or the raw limit of this machine, did.
 */

import { parseArgs } from "node:util";
import { buildProgram } from "./gateway/built-program.ts";
import type { Measured } from "./part.ts";
import { parts } from "./parts.ts";
import { describeMachine } from "./report/machine.ts";
import { formatJson, formatTable } from "./report/table.ts";

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !parts.some((part) => part.name === name));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) process.stderr.write(`there is no part ${unknown.join(", ")}\n\n`);
  process.stderr.write("usage: npm run bench -- [part …] [--json]\n\n");
  for (const { name, about } of parts) process.stderr.write(`  ${name.padEnd(8)}  ${about}\n`);
  process.exit(values.help ? 0 : 2);
}

const chosen = parts.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const machine = describeMachine();
say("building the program");
await buildProgram();
const measured: Measured[] = [];
let failed = 0;
for (const part of chosen) {
  say(`${part.name}: ${part.about}`);
  try {
    for (const row of await part.measure()) measured.push({ part: part.name, ...row });
  } catch (error) {
    failed += 1;
    say(`${part.name} could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  }
}
process.stdout.write(values.json ? formatJson(machine, measured) : formatTable(machine, measured));
process.exitCode = failed > 0 ? 1 : 0;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
