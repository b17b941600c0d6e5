/** The value of Host or :authority, taken apart strictly: anything unusual is malformed. */

import { isIPv6 } from "node:net";

/** A host, in lower case and without brackets, and the port if one was given. */
export interface Authority {
  readonly host: string;
  readonly port: number | undefined;
}

const pattern = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_-]+(?:\.[a-z0-9_-]+)*))(?::(\d{1,5}))?$/;

/** The parts of "host", "host:port", "[::1]:port"; undefined when it is none of these. */
export function parseAuthority(text: string): Authority | undefined {
  if (text.length > 262) return undefined;
  const match = pattern.exec(text.toLowerCase());
  if (match === null) return undefined;
  const [, bracketed, name, digits] = match;
  if (bracketed !== undefined && !isIPv6(bracketed)) return undefined;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && port > 65_535) return undefined;
  return { host: bracketed ?? name ?? "", port };
}
