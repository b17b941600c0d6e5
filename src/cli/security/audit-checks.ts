/** What `openclaw security audit` looks at, in this order. To add a check: one file, one line here. */

import type { Check } from "../care/check.ts";
import { configCheck } from "../care/checks/config-check.ts";
import { filesCheck } from "../care/checks/files-check.ts";
import { tlsCheck } from "../care/checks/tls-check.ts";
import { credentialCheck } from "./credential-check.ts";
import { doorCheck } from "./door-check.ts";
import { entrancesCheck } from "./entrances-check.ts";
import { exposureCheck } from "./exposure-check.ts";
import { placeCheck } from "./place-check.ts";
import { policiesCheck } from "./policies-check.ts";
import { secretsCheck } from "./secrets-check.ts";
import { tokensCheck } from "./tokens-check.ts";

/** The list. A configuration that cannot be read cannot be judged, so its problems are told first. */
export const auditChecks: readonly Check[] = [
  configCheck,
  exposureCheck,
  credentialCheck,
  tlsCheck,
  secretsCheck,
  policiesCheck,
  entrancesCheck,
  tokensCheck,
  filesCheck,
  placeCheck,
  doorCheck,
];
