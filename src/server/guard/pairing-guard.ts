/** Stops guessing of setup codes and redeem secrets, which anybody may try. */

import { ErrorReason } from "../../../gen/openclaw/gateway/v1/errors_pb.ts";
import type { CredentialKind } from "../../core/access/credential-shapes.ts";
import { credentialsInvalid, Failure, rateLimited } from "../../core/errors.ts";
import type { Clock } from "../../lib/clock.ts";
import { Lockout } from "./lockout.ts";
import { explainWrongSecret } from "./paste.ts";

/** A secret as it was given, what it should be, and what the address it came from is counted as. */
export interface GivenSecret {
  readonly text: string;
  readonly wanted: CredentialKind;
  readonly bucket: string;
}

/** Counts wrong secrets by address, programs on this machine included: none of them has a reason to guess. */
export class PairingGuard {
  readonly #lockout: Lockout;

  constructor(clock: Clock) {
    this.#lockout = new Lockout(clock);
  }

  /**
   * Does `work`, which checks the secret. Fails with RATE_LIMITED while the address is locked out, and with CREDENTIALS_INVALID,
   * which is counted, when the text is no such secret or `work` does not know it.
   */
  async check<T>({ text, wanted, bucket }: GivenSecret, work: () => Promise<T>): Promise<T> {
    const remainingMs = this.#lockout.remainingMs(bucket);
    if (remainingMs > 0) throw rateLimited("wrong secrets", remainingMs);
    try {
      const wrong = explainWrongSecret(text, wanted);
      if (wrong !== undefined) throw credentialsInvalid(wrong);
      return await work();
    } catch (error) {
      const isWrong = error instanceof Failure && error.reason === ErrorReason.CREDENTIALS_INVALID;
      if (isWrong) this.#lockout.recordFailure(bucket);
      throw error;
    }
  }
}
