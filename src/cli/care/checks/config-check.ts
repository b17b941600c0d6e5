/** Can the configuration be used? */

import { existsSync } from "node:fs";
import { configPath } from "../../../config/environment.ts";
import type { CareContext, Check, Problem } from "../check.ts";

/** Every problem a gateway would refuse to start with, and what it would only warn of. */
export const configCheck: Check = {
  id: "config",
  run: (context) => [...problemsOf(context), ...warningsOf(context), ...secretsOf(context)],
};

function problemsOf({ problems, local }: CareContext): Problem[] {
  const path = configPath(local.surroundings);
  const lastGood = existsSync(`${path}.last-good`) ? `, or go back: openclaw config history` : "";
  return problems.map(({ subject, text, place, hint }) => ({
    severity: "error",
    subject,
    reason: place === undefined ? text : `${text} (${place})`,
    fix: `${hint ?? "put it right"}${lastGood}`,
  }));
}

function warningsOf({ loaded }: CareContext): Problem[] {
  return (loaded?.warnings ?? []).map((warning) => ({
    severity: "warning",
    subject: loaded?.path ?? "",
    reason: warning,
    fix: "set it, or take it out of the configuration",
  }));
}

/** What cannot be had is as if it were not there: some part of the gateway does without its key. */
function secretsOf({ loaded }: CareContext): Problem[] {
  return [...(loaded?.unresolvedSecrets ?? [])].map(([subject, reason]) => ({
    severity: "error",
    subject,
    reason: `its secret cannot be had: ${reason}`,
    fix: "put the secret where the reference says, or correct the reference",
  }));
}
