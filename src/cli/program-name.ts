/** How people call this program here. */

import { basename, dirname, sep } from "node:path";

/** The program's name where a command follows: at the beginning, after a colour, and after anything but a path or "npx". */
const commandLine = /(?<=^|\u001b\[\d+m|[^\w./~-])(?<!npx )openclaw (?=[a-z<-])/g;

/**
 * "openclaw" where the shell finds it by that name. In a checkout, and in a project that only depends on it, the shell does
 * not: "npx openclaw". `script` is what Node was started with.
 */
export function programName(script: string = process.argv[1] ?? ""): string {
  const folder = dirname(script);
  const byName = basename(script) === "openclaw" && basename(folder) !== ".bin";
  // Package managers that write a launcher of their own start the file in the installed package.
  const byLauncher = basename(script) !== "openclaw" && folder.split(sep).includes("node_modules");
  return byName || byLauncher ? "openclaw" : "npx openclaw";
}

/** The text, coloured or not, with the command lines in it as they are to be typed here; one that says so already stays as it is. */
export function asTyped(text: string): string {
  return text.replace(commandLine, `${programName()} `);
}
