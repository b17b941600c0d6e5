/** `openclaw security audit`. */

import { gatherContext } from "../care/context.ts";
import { hasErrors, repairAll, runChecks } from "../care/findings.ts";
import { countFindings, writeFindings } from "../care/findings-view.ts";
import { defineCommand } from "../command/command.ts";
import { requireLocal } from "../service/local-gateway.ts";
import { auditChecks } from "./audit-checks.ts";

/** Looks for settings and files that make a gateway easier to misuse. */
export const command = defineCommand({
  words: [],
  options: {
    deep: { kind: "switch", help: "also knock at the gateway as a stranger would" },
    fix: { kind: "switch", help: "put right what can be put right without harm" },
  },
  details: `
Who can reach the gateway, who can write to the agent or pretend to be a channel, how credentials are kept, which tokens nobody
uses any more, which secrets lie open, which files others can read. Changes nothing without --fix. Exit code 0 when there is no error, 1 otherwise.`,
  examples: ["security audit", "security audit --deep --json"],
  async run(invocation) {
    const { options, globals, terminal } = invocation;
    requireLocal(globals.url, "security audit");
    const context = await gatherContext(invocation, options.deep);
    const diagnoses = await runChecks(auditChecks, context);
    const findings = options.fix ? await repairAll(diagnoses) : diagnoses.map(({ finding }) => finding);
    if (terminal.json) terminal.document({ ok: !hasErrors(findings), counts: countFindings(findings), findings });
    else writeFindings(terminal, { findings, home: context.local.surroundings.home });
    return hasErrors(findings) ? 1 : 0;
  },
});
