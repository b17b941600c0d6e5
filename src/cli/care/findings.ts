/** Findings: what checks on this machine and in the gateway found, in one form. */

import {
  type Finding as FindingMessage,
  Finding_Severity as MessageSeverity,
} from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import { fileTroubleOf } from "../../lib/host/file-trouble.ts";
import { errorWords } from "../../lib/text/error-words.ts";
import type { CareContext, Check, Problem, Severity } from "./check.ts";

/** Something that was found, for people and programs. */
export interface Finding {
  readonly check: string;
  readonly severity: Severity;
  readonly subject: string;
  readonly reason: string;
  readonly fix: string;
  /** A repair would put it right without harm. */
  readonly fixable: boolean;
  /** What a repair did; undefined when none was made. */
  readonly repaired?: string;
}

/** A finding, and how to put it right. */
export interface Diagnosis {
  readonly finding: Finding;
  readonly repair: Problem["repair"];
}

const severities: Readonly<Record<number, Severity>> = {
  [MessageSeverity.ERROR]: "error",
  [MessageSeverity.WARNING]: "warning",
};

/** Runs checks on this machine, in their order. */
export async function runChecks(checks: readonly Check[], context: CareContext): Promise<Diagnosis[]> {
  const diagnoses: Diagnosis[] = [];
  for (const check of checks) {
    for (const { repair, ...problem } of await look(check, context)) {
      diagnoses.push({ finding: { check: check.id, ...problem, fixable: repair !== undefined }, repair });
    }
  }
  return diagnoses;
}

/** What cannot be looked at is what is the matter. */
async function look(check: Check, context: CareContext): Promise<readonly Problem[]> {
  try {
    return await check.run(context);
  } catch (error) {
    const trouble = fileTroubleOf(error);
    if (trouble === undefined) throw error;
    const fix = trouble.passing
      ? "free some space on this disk"
      : "put it right, or choose another with OPENCLAW_STATE_DIR";
    return [{ severity: "error", subject: trouble.path, reason: trouble.why, fix }];
  }
}

/** What a gateway found. */
export function readFinding(message: FindingMessage): Finding {
  const { check, severity, subject, reason, fix, fixable, repaired } = message;
  const told = { check, severity: severities[severity] ?? "info", subject, reason, fix, fixable } as const;
  return repaired === "" ? told : { ...told, repaired };
}

/** Puts right what can be, and says so in the findings. A repair that fails leaves its finding with the reason. */
export async function repairAll(diagnoses: readonly Diagnosis[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { finding, repair } of diagnoses) findings.push(repair ? await repaired(finding, repair) : finding);
  return findings;
}

async function repaired(finding: Finding, repair: NonNullable<Problem["repair"]>): Promise<Finding> {
  try {
    return { ...finding, repaired: await repair() };
  } catch (error) {
    const why = errorWords(error);
    return { ...finding, reason: `${finding.reason}; it could not be repaired: ${why}` };
  }
}

/** True when something does not work or is not safe, and was not put right. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity, repaired: done }) => severity === "error" && done === undefined);
}
