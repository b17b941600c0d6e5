/** The program as users get it: compiled, in dist/. */

import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

/** Root of the repository. */
export const root: string = resolve(import.meta.dirname, "../../..");

/** The `openclaw` executable. */
export const mainPath: string = join(root, "dist/src/main.js");

/** Runs `npm run build`. Fails with what the compiler said. */
export async function buildProgram(): Promise<void> {
  try {
    await promisify(execFile)("npm", ["run", "--silent", "build"], { cwd: root });
  } catch (error) {
    const { stdout = "" } = error as { stdout?: string };
    throw new Error(`the program cannot be built:\n${stdout}`, { cause: error });
  }
}
