/** Which variables of a shell a gateway gets that a service manager starts, and which it does not. */

import { delimiter, isAbsolute, sep } from "node:path";
import type { Environment } from "./environment.ts";

/** Variables that say how this machine and its network are used. */
const given =
  /^(PATH|LANG|LC_[A-Z]+|TZ|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|(https?|no|all)_proxy|OPENCLAW_GATEWAY_PORT)$/i;

/** Variables the gateway would use and that are secret. */
const secret = /^([A-Z][A-Z0-9_]*_API_KEY|OPENCLAW_GATEWAY_(TOKEN|PASSWORD))$/;

/**
 * The variables for a service's definition, by name. A definition can be read by others: no secret is among them, and no
 * proxy whose address holds a password.
 */
export function serviceEnvironment(environment: Environment): Record<string, string> {
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => given.test(entry[0]) && isPlain(...entry),
  );
  const variables = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  return variables.PATH === undefined ? variables : { ...variables, PATH: servicePath(variables.PATH) };
}

/** Names of the variables a gateway that is run from this shell would use, and a service does not get. */
export function withheldVariables(environment: Environment): string[] {
  const withheld = (name: string): boolean =>
    secret.test(name) || (given.test(name) && !isPlain(name, environment[name]));
  return Object.keys(environment)
    .filter((name) => environment[name] && withheld(name))
    .sort();
}

function isPlain(name: string, value: string | undefined): boolean {
  if (value === undefined || value === "" || /[\n\r]/.test(value)) return false;
  return !/proxy$/i.test(name) || !value.includes("@");
}

/** Without what only this shell has: relative folders, and those npm puts before the others while it runs a script. */
function servicePath(path: string): string {
  const npmFolder = new RegExp(`node_modules\\${sep}(\\.bin|@npmcli\\${sep}run-script)`);
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder) && !npmFolder.test(folder));
  return [...new Set(folders)].join(delimiter);
}
