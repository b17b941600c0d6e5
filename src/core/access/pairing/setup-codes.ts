/** Setup codes: each approves one device in advance. */

import type { Scope } from "../../../../gen/openclaw/gateway/v1/options_pb.ts";
import { makeSecret } from "../../../lib/secret/checked-secret.ts";
import { credentialsInvalid, invalidField, scopeMissing } from "../../errors.ts";
import type { Recorder } from "../../recorder.ts";
import { accessFull, pairingClosed } from "../access-failures.ts";
import { type AccessParts, earlier } from "../access-parts.ts";
import type { SetupCode } from "../access-table.ts";
import { credentialShapes, digestOf } from "../credential-shapes.ts";
import { type Caller, checkScopes, expandScopes, requireGrantable } from "../scopes.ts";
import { usualScopes } from "./new-pairing.ts";

/** Codes that may be open at once. */
const maxOpen = 100;
const defaultTtlMs = 10 * 60_000;
const longestTtlMs = 24 * 3_600_000;
/** How long a code that ended is remembered, to tell why. */
const rememberMs = 24 * 3_600_000;

/** A code to make, and for whom. */
export interface NewSetupCode {
  readonly scopes: readonly Scope[];
  /** Undefined: 10 minutes. */
  readonly ttlMs: number | undefined;
  readonly caller: Caller;
}

/** Makes setup codes, and lets each be used once. */
export class SetupCodes {
  readonly #parts: AccessParts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /** A new code. Fails with FIELD_INVALID, SCOPE_MISSING or ACCESS_FULL. */
  async create({
    scopes,
    ttlMs = defaultTtlMs,
    caller,
  }: NewSetupCode): Promise<{ code: string; expireTimeMs: number }> {
    const granted = checkScopes(scopes.length > 0 ? scopes : usualScopes, "scopes");
    requireGrantable(caller, granted);
    if (ttlMs <= 0 || ttlMs > longestTtlMs) throw invalidField("ttl", `is not between 0 and ${longestTtlMs / 1000} s`);
    const secret = makeSecret(credentialShapes.setupCode);
    const expireTimeMs = await this.#parts.changes.transact(caller.principal, async ({ tables, nowMs }) => {
      const { setupCodes } = tables.access;
      await setupCodes.prune(nowMs - rememberMs);
      if ((await setupCodes.countUsable(nowMs)) >= maxOpen) {
        throw accessFull("open setup codes", maxOpen, "use them, or wait until they end");
      }
      const endMs = earlier(nowMs + ttlMs, caller.expireTimeMs) ?? nowMs + ttlMs;
      await setupCodes.put({
        digest: digestOf(secret),
        scopes: granted,
        expireTimeMs: endMs,
        grantEndMs: caller.expireTimeMs,
        creator: caller.principal,
        used: false,
      });
      return endMs;
    });
    return { code: secret, expireTimeMs };
  }
}

/**
 * Uses a code up, within a transaction. `wanted` are the scopes asked for. Fails with CREDENTIALS_INVALID, PAIRING_CLOSED, or
 * SCOPE_MISSING when the code does not grant what is asked; then it can still be used.
 */
export async function spendSetupCode(recorder: Recorder, code: string, wanted: readonly Scope[]): Promise<SetupCode> {
  const { setupCodes } = recorder.tables.access;
  const known = await setupCodes.find(digestOf(code));
  if (known === undefined) throw credentialsInvalid("no such setup code was made; ask for another one");
  if (known.used)
    throw pairingClosed("this setup code was used already, and is good for one device; ask for another one");
  if (known.expireTimeMs <= recorder.nowMs) throw pairingClosed("this setup code has expired; ask for another one");
  const granted = expandScopes(known.scopes);
  const missing = expandScopes(wanted).find((scope) => !granted.includes(scope));
  if (missing !== undefined) throw scopeMissing(missing, granted);
  await setupCodes.put({ ...known, used: true });
  return known;
}
