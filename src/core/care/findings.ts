/** Makes findings. */

import { create } from "@bufbuild/protobuf";
import { type Finding, FindingSchema, Finding_Severity as Severity } from "../../../gen/openclaw/gateway/v1/care_pb.ts";

/** What a finding says. */
export type FindingText = Pick<Finding, "check" | "subject" | "reason"> & Partial<Pick<Finding, "fix" | "fixable">>;

/** It does not work, or is not safe. */
export function errorFinding(text: FindingText): Finding {
  return create(FindingSchema, { severity: Severity.ERROR, ...text });
}

/** It works, and should be put right. */
export function warningFinding(text: FindingText): Finding {
  return create(FindingSchema, { severity: Severity.WARNING, ...text });
}

/** Good to know. */
export function infoFinding(text: FindingText): Finding {
  return create(FindingSchema, { severity: Severity.INFO, ...text });
}
