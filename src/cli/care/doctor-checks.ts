/** What `openclaw doctor` looks at on this machine, in this order. To add a check: one file, one line here. */

import { credentialCheck } from "../security/credential-check.ts";
import type { Check } from "./check.ts";
import { clockCheck } from "./checks/clock-check.ts";
import { configCheck } from "./checks/config-check.ts";
import { diskCheck } from "./checks/disk-check.ts";
import { filesCheck } from "./checks/files-check.ts";
import { gatewayCheck } from "./checks/gateway-check.ts";
import { leftoversCheck } from "./checks/leftovers-check.ts";
import { nodeCheck } from "./checks/node-check.ts";
import { portCheck } from "./checks/port-check.ts";
import { serviceCheck } from "./checks/service-check.ts";
import { tlsCheck } from "./checks/tls-check.ts";

/** The list. */
export const doctorChecks: readonly Check[] = [
  nodeCheck,
  configCheck,
  filesCheck,
  credentialCheck,
  tlsCheck,
  gatewayCheck,
  portCheck,
  serviceCheck,
  clockCheck,
  diskCheck,
  leftoversCheck,
];
