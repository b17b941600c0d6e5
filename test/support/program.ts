/** The executable tests run: as it is built where that is newer than every source, and starts twice as fast; else the sources. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const sources = ["src", "gen", ".ci/build.ts", "package.json", "package-lock.json", "tsconfig.json"];
let path: string | undefined;

/** Path of the executable's file; the same for all of this process. */
export function programPath(): string {
  path ??= join(root, isBuilt() ? "dist/src/main.js" : "src/main.ts");
  return path;
}

/** True when `npm run build` would do nothing. */
function isBuilt(): boolean {
  const stamp = join(root, "dist/.built");
  return existsSync(stamp) && sources.every((name) => newestMs(join(root, name)) < statSync(stamp).mtimeMs);
}

function newestMs(file: string): number {
  const { mtimeMs } = statSync(file);
  if (!statSync(file).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(file).map((name) => newestMs(join(file, name))));
}
