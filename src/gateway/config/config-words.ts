/** The configuration in the contract's words: problems, changes, revisions. */

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type ConfigChange,
  ConfigChangeSchema,
  type ConfigConfirmation,
  ConfigConfirmationSchema,
  type ConfigProblem,
  ConfigProblemSchema,
  type ConfigRevision,
  ConfigRevisionSchema,
  ConfigChange_Effect as Effect,
  ConfigChange_Outcome as Outcome,
} from "../../../gen/openclaw/gateway/v1/config_pb.ts";
import {
  ConfigConflictError,
  ConfigError,
  type ConfigProblem as Problem,
  problemText,
} from "../../config/config-error.ts";
import type { Revision } from "../../config/history/revision-store.ts";
import type { AppliedChange, Outcome as OutcomeWord } from "../../config/reload/apply-changes.ts";
import type { Confirmation } from "../../config/reload/confirmation.ts";
import type { ReloadEffect } from "../../config/schema/schema-node.ts";
import { configInvalid } from "../../core/config/config-failures.ts";
import { etagMismatch, invalidField } from "../../core/errors.ts";

/** What a change takes. */
export const effects: Readonly<Record<ReloadEffect["kind"], Effect>> = {
  live: Effect.LIVE,
  part: Effect.PART,
  gateway: Effect.GATEWAY,
};

const outcomes: Readonly<Record<OutcomeWord, Outcome>> = {
  applied: Outcome.APPLIED,
  restarting: Outcome.RESTARTING,
  waiting: Outcome.WAITING,
};

/** The name of a revision. */
function revisionName(number: number): string {
  return `config/revisions/${number}`;
}

/** The number in the name of a revision. Fails with FIELD_INVALID for another name. */
export function revisionNumber(name: string): number {
  const number = Number(/^config\/revisions\/(\d{1,8})$/.exec(name)?.[1] ?? Number.NaN);
  if (Number.isNaN(number)) throw invalidField("name", `"${name}" is not the name of a revision: config/revisions/12`);
  return number;
}

/** One key that differs. */
export function describeChange({ key, effect, outcome }: AppliedChange): ConfigChange {
  const part = effect.kind === "part" ? effect.part : "";
  const done = outcome === undefined ? Outcome.UNSPECIFIED : outcomes[outcome];
  return create(ConfigChangeSchema, { key, effect: effects[effect.kind], part, outcome: done });
}

/** One thing to put right. */
export function describeProblem({ subject, text, place = "", hint = "" }: Problem): ConfigProblem {
  return create(ConfigProblemSchema, { subject, text, place, hint });
}

/** What waits to be confirmed. */
export function describeConfirmation({ revision, revertTo, expireTimeMs }: Confirmation): ConfigConfirmation {
  return create(ConfigConfirmationSchema, {
    revision: revisionName(revision),
    revertTo: revisionName(revertTo),
    expireTime: timestampFromMs(expireTimeMs),
  });
}

/** A revision, without what it changed unless that is given. */
export function describeRevision(
  { number, etag, timeMs, author, note }: Revision,
  { current, diff = "" }: { readonly current: boolean; readonly diff?: string },
): ConfigRevision {
  const createTime = timestampFromMs(timeMs);
  return create(ConfigRevisionSchema, { name: revisionName(number), etag, createTime, author, note, current, diff });
}

/** What callers are told: CONFIG_INVALID for a ConfigError, ETAG_MISMATCH; other errors stay as they are. */
export function configFailure(error: unknown): unknown {
  if (error instanceof ConfigConflictError) return etagMismatch("the configuration", error.currentEtag);
  if (!(error instanceof ConfigError)) return error;
  const found = error.problems.map((problem) => ({ field: problem.subject, description: problemText(problem) }));
  return configInvalid(found, error);
}
