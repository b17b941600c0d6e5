/** `openclaw doctor`. */

import { processSurroundings } from "../config/environment.ts";
import { gatherContext } from "./care/context.ts";
import { doctorChecks } from "./care/doctor-checks.ts";
import { type Diagnosis, type Finding, hasErrors, repairAll, runChecks } from "./care/findings.ts";
import { countFindings, writeFindings } from "./care/findings-view.ts";
import { askGateway, diagnoseGateway } from "./care/gateway-diagnosis.ts";
import { defineCommand, type Invocation } from "./command/command.ts";
import { CommandFailure } from "./failure-view.ts";
import { namesForeignGateway } from "./service/local-gateway.ts";
import { yesOption } from "./terminal/confirm.ts";

const options = {
  fix: { kind: "switch", help: "put right what can be put right without harm" },
  yes: yesOption,
  deep: { kind: "switch", help: "also make a real call to each configured model" },
} as const;

/** Looks at everything a gateway needs, and says what is wrong and what to do about it. */
export const command = defineCommand({
  words: [],
  options,
  details: `
Configuration, files, port, process, service, clock, disk, store, models: whether a gateway runs or not; channels and deliveries of
one that runs. Changes nothing without --fix, which asks in a terminal before it repairs. With --url, asks that gateway for what
it can check itself.
Exit code 0 when there is no error, 1 otherwise.`,
  examples: ["doctor", "doctor --fix --yes", "doctor --deep --json"],
  async run(invocation) {
    const { globals, terminal, onInterrupt } = invocation;
    const { deep, fix, yes } = invocation.options;
    const stop = new AbortController();
    onInterrupt(() => stop.abort(new CommandFailure("interrupted")));
    const { signal } = stop;
    const findings = namesForeignGateway(globals.url)
      ? await askGateway(invocation.link, { deep, repair: fix, signal })
      : await examine(invocation, { deep, fix, yes, signal });
    if (terminal.json) terminal.document({ ok: !hasErrors(findings), counts: countFindings(findings), findings });
    else writeFindings(terminal, { findings, home: processSurroundings(globals).home });
    return hasErrors(findings) ? 1 : 0;
  },
});

interface Wish {
  readonly deep: boolean;
  readonly fix: boolean;
  readonly yes: boolean;
  readonly signal: AbortSignal;
}

/** This machine first: what is repaired there may be what keeps the gateway from looking. */
async function examine(
  invocation: Pick<Invocation, "globals" | "link" | "nowMs" | "terminal">,
  { deep, fix, yes, signal }: Wish,
): Promise<Finding[]> {
  const context = await gatherContext(invocation, deep);
  const diagnoses = await runChecks(doctorChecks, context);
  const mayRepair = fix && (yes || (await isWanted(invocation, diagnoses)));
  const here = mayRepair ? await repairAll(diagnoses) : diagnoses.map(({ finding }) => finding);
  return [...here, ...(await diagnoseGateway(context, { deep, repair: mayRepair, signal }))];
}

/** A script that says --fix means it. */
async function isWanted({ terminal }: Pick<Invocation, "terminal">, diagnoses: readonly Diagnosis[]): Promise<boolean> {
  const fixable = diagnoses.filter(({ finding }) => finding.fixable);
  if (!terminal.canAsk || fixable.length === 0) return true;
  for (const { finding } of fixable) terminal.note(`${finding.subject}: ${finding.reason}`);
  return await terminal.confirm(`repair ${fixable.length === 1 ? "this" : `these ${fixable.length}`}?`);
}
