/** Names of files and folders, and what may lie at the top. */

import { basename, dirname } from "node:path/posix";
import type { SourceTree } from "./source-tree.ts";
import type { Violation } from "./violation.ts";

const empty = "index|utils?|helpers?|common|shared|misc|types|managers?";
const emptyName = new RegExp(`^(${empty})$`);
const emptyEnding = /-(utils?|helpers?|common|misc|types|managers?)$/;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;

/** Dotfiles and these, nothing else (house.md §4). */
const topLevel = new Set([
  ...["README.md", "LICENSE", "package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"],
  ...["biome.json", "knip.json", "buf.yaml", "buf.gen.yaml", "proto", "gen", "src", "test"],
]);

/** Files and folders are kebab-case and named for what they hold. */
export function checkNames(tree: SourceTree): Violation[] {
  const paths = Object.keys(tree.files).filter((path) => /^(src|test)\//.test(path));
  const folders = new Set(paths.flatMap(foldersOf));
  const files = paths.flatMap((path) => nameProblems(path, basename(path).replace(/(\.test)?\.\w+$/, "")));
  return [...files, ...[...folders].flatMap((folder) => nameProblems(`${folder}/`, basename(folder)))];
}

/** The top of the repository stays as small as the house says. */
export function checkTopLevel(tree: SourceTree): Violation[] {
  const names = new Set(Object.keys(tree.files).map((path) => path.split("/")[0] ?? path));
  return [...names]
    .filter((name) => !name.startsWith(".") && !topLevel.has(name))
    .map((name) => ({ path: name, line: 0, problem: "does not belong at the top; put it into src/, test/ or .ci/" }));
}

function foldersOf(path: string): string[] {
  const folder = dirname(path);
  return folder === "." || !folder.includes("/") ? [] : [folder, ...foldersOf(folder)];
}

function nameProblems(path: string, name: string): Violation[] {
  const found: Violation[] = [];
  if (!kebab.test(basename(path))) found.push({ path, line: 0, problem: "is not kebab-case; rename it" });
  if (emptyName.test(name) || emptyEnding.test(name)) {
    found.push({
      path,
      line: 0,
      problem: `"${name}" says nothing; name it for what it exports, or move that to where it is used`,
    });
  }
  return found;
}
