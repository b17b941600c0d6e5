/** Every secret the gateway makes, by what it is for, and the form in which it is kept. */

import { hash } from "node:crypto";
import type { SecretShape } from "../../lib/secret/checked-secret.ts";

/** What a secret is for. */
export type CredentialKind = "gatewayToken" | "namedToken" | "deviceToken" | "setupCode" | "redeemSecret";

/** The shape of each kind. A setup code is short, because it is typed, and lives for minutes. */
export const credentialShapes: Readonly<Record<CredentialKind, SecretShape>> = {
  gatewayToken: { prefix: "ocg_", randomBytes: 32 },
  namedToken: { prefix: "oct_", randomBytes: 32 },
  deviceToken: { prefix: "ocd_", randomBytes: 32 },
  setupCode: { prefix: "ocs_", randomBytes: 16 },
  redeemSecret: { prefix: "ocr_", randomBytes: 32 },
};

/**
 * What is kept of a secret: its SHA-256. A slow hash protects passwords, which can be guessed; among 2^256 random secrets
 * nobody finds one by trying, however fast the hash, and a slow one would be paid for on every call.
 */
export function digestOf(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}
