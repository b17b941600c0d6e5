/** Every rule of the house, by the sentence it keeps true. */

import {
  checkAny,
  checkConsole,
  checkDefaultExports,
  checkEnvironment,
  checkGround,
  checkReExports,
  checkVendors,
} from "./code-rules.ts";
import { checkExportComments, checkFileComments, checkLeftovers } from "./comment-rules.ts";
import { checkCycles, checkFloors } from "./floor-rules.ts";
import { checkNames, checkTopLevel } from "./name-rules.ts";
import { checkFolders, checkImportCounts, checkLengths, checkParameters, checkServices } from "./size-rules.ts";
import type { SourceTree } from "./source-tree.ts";
import type { Violation } from "./violation.ts";

/** What each rule finds in a tree; nothing when the tree keeps it. */
export const houseRules: Readonly<Record<string, (tree: SourceTree) => Violation[]>> = {
  "imports only downwards": checkFloors,
  "imports nothing in a circle": checkCycles,
  "keeps files and functions short": checkLengths,
  "keeps parameters and options few": checkParameters,
  "keeps imports few": checkImportCounts,
  "keeps folders small and shallow": checkFolders,
  "keeps services small": checkServices,
  "names files and folders in kebab-case for what they hold": checkNames,
  "keeps the top of the repository small": checkTopLevel,
  "opens every file by saying what it is": checkFileComments,
  "documents every export": checkExportComments,
  "leaves nothing to be done in a comment": checkLeftovers,
  "exports nothing as default": checkDefaultExports,
  "hands on no other file's exports": checkReExports,
  "uses no any": checkAny,
  "writes to the console only in the CLI": checkConsole,
  "reads the environment only in config": checkEnvironment,
  "names no network and no vendor in core": checkVendors,
  "says nothing of OpenClaw in lib": checkGround,
};
