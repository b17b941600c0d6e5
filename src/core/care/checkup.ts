/** Runs checks. */

import type { Finding } from "../../../gen/openclaw/gateway/v1/care_pb.ts";
import { invalidField } from "../errors.ts";
import type { Check, CheckContext } from "./check.ts";

/** Which checks, and how. */
export interface CheckupRequest extends CheckContext {
  /** Ids; empty means all. */
  readonly checks: readonly string[];
}

/** What one check found. */
export interface CheckResult {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/** Every check of a gateway. */
export class Checkup {
  readonly #checks: readonly Check[];

  constructor(checks: readonly Check[]) {
    this.#checks = checks;
  }

  /** Runs them, one after another, in their order. Fails with FIELD_INVALID before the first one when an id is unknown. */
  async *diagnose(request: CheckupRequest): AsyncGenerator<CheckResult> {
    const { signal } = request;
    for (const check of this.#wanted(request.checks)) {
      signal.throwIfAborted();
      yield { check: check.id, findings: await check.run(request) };
    }
  }

  #wanted(ids: readonly string[]): readonly Check[] {
    const unknown = ids.find((id) => !this.#checks.some((check) => check.id === id));
    if (unknown !== undefined) {
      const known = this.#checks.map(({ id }) => id).join(", ");
      throw invalidField("checks", `there is no check ${JSON.stringify(unknown)}; there are ${known}`);
    }
    return ids.length === 0 ? this.#checks : this.#checks.filter(({ id }) => ids.includes(id));
  }
}
