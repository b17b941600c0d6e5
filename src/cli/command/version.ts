/** Which version of the program this is. */

import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** The version in the package's manifest. */
export function programVersion(): string {
  const path = findPackageJSON(import.meta.url);
  const manifest: unknown = path === undefined ? undefined : JSON.parse(readFileSync(path, "utf8"));
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) return "unknown";
  return String(manifest.version);
}
