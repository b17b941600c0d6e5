/** Sizes, as house.md §7 limits them. */

import { dirname } from "node:path/posix";
import type { Node } from "typescript/unstable/ast";
import {
  isArrowFunction,
  isFunctionExpression,
  isFunctionLikeDeclaration,
  isIdentifier,
  isImportDeclaration,
  isInterfaceDeclaration,
  isTypeAliasDeclaration,
  isTypeLiteralNode,
} from "typescript/unstable/ast/is";
import { lineAt, lineOf, type SourceTree, walk } from "./source-tree.ts";
import type { Violation } from "./violation.ts";

const limits = {
  fileLines: 300,
  functionLines: 60,
  parameters: 3,
  fields: 8,
  imports: 15,
  plugImports: 40,
  folderFiles: 13,
  depth: 3,
  rpcs: 12,
};
/** Files whose work is to plug others together. */
const plugs = new Set([
  "src/gateway.ts",
  "src/gateway/rooms.ts",
  "src/core/core.ts",
  "src/storage/tables.ts",
  "src/server/rpc/services.ts",
  "src/client/services.ts",
]);
const findTheNoun = "find the noun hiding in it and give it a file of its own";

/** Files and functions are short. */
export function checkLengths(tree: SourceTree): Violation[] {
  return [...tree.sources.values()].flatMap((source) => {
    const found: Violation[] = [];
    const lines = source.text.replace(/\n$/, "").split("\n").length;
    if (lines > limits.fileLines) {
      found.push({
        path: source.path,
        line: 0,
        problem: `has ${lines} lines, at most ${limits.fileLines}; ${findTheNoun}`,
      });
    }
    walk(source.syntax, (node) => {
      if (!isFunctionLikeDeclaration(node)) return;
      const line = lineOf(source, node);
      const length = lineAt(source.text, node.end) - line + 1;
      if (length <= limits.functionLines) return;
      const problem = `a function of ${length} lines, at most ${limits.functionLines}; name its steps and give each a function`;
      found.push({ path: source.path, line, problem });
    });
    return found;
  });
}

/** Functions take few parameters, options have few fields. */
export function checkParameters(tree: SourceTree): Violation[] {
  return [...tree.sources.values()].flatMap((source) => {
    const found: Violation[] = [];
    walk(source.syntax, (node) => {
      const problem = parameterProblem(node) ?? optionsProblem(node);
      if (problem !== undefined) found.push({ path: source.path, line: lineOf(source, node), problem });
    });
    return found;
  });
}

/** A file needs few others. */
export function checkImportCounts(tree: SourceTree): Violation[] {
  return [...tree.sources.values()].flatMap((source) => {
    const limit = plugs.has(source.path) ? limits.plugImports : limits.imports;
    const count = source.syntax.statements.filter(isImportDeclaration).length;
    if (count <= limit) return [];
    return [{ path: source.path, line: 0, problem: `has ${count} imports, at most ${limit}; ${findTheNoun}` }];
  });
}

/** Folders are small and not deep. */
export function checkFolders(tree: SourceTree): Violation[] {
  const paths = Object.keys(tree.files).filter((path) => path.startsWith("src/"));
  const found: Violation[] = [];
  const counts = new Map<string, number>();
  for (const path of paths) {
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
    const depth = path.split("/").length - 2;
    if (depth > limits.depth) {
      const problem = `lies ${depth} folders deep under src/, at most ${limits.depth}; move it up`;
      found.push({ path, line: 0, problem });
    }
  }
  for (const [folder, count] of counts) {
    if (count <= limits.folderFiles) continue;
    const problem = `holds ${count} files, at most ${limits.folderFiles}; find the group among them and give it a folder`;
    found.push({ path: `${folder}/`, line: 0, problem });
  }
  return found;
}

/** A service has few methods. */
export function checkServices(tree: SourceTree): Violation[] {
  const protos = Object.entries(tree.files).filter(([path]) => /^proto\/.*\.proto$/.test(path));
  return protos.flatMap(([path, text]) => {
    const plain = text.replace(/\/\/.*$/gm, "");
    return [...plain.matchAll(/^service\s+(\w+)\s*\{([\s\S]*?)^\}/gm)].flatMap(({ 0: whole, 1: name, index }) => {
      const count = whole.match(/^\s*rpc\s/gm)?.length ?? 0;
      if (count <= limits.rpcs) return [];
      const problem = `${name} has ${count} methods, at most ${limits.rpcs}; make a service of the noun some of them share`;
      return [{ path, line: lineAt(plain, index), problem }];
    });
  });
}

function parameterProblem(node: Node): string | undefined {
  const own = parametersOf(node).filter((parameter) => !isThis(parameter));
  if (own.length <= limits.parameters || isShapedElsewhere(node)) return undefined;
  return `takes ${own.length} parameters, at most ${limits.parameters}; take one object with named fields`;
}

function parametersOf(node: Node): readonly Node[] {
  return ("parameters" in node ? (node.parameters as readonly Node[] | undefined) : undefined) ?? [];
}

/** A function expression that names no types fills a shape declared elsewhere: a library's, or one that is checked there. */
function isShapedElsewhere(node: Node): boolean {
  if (!isArrowFunction(node) && !isFunctionExpression(node)) return false;
  return node.parameters.every((parameter) => parameter.type === undefined);
}

function isThis(parameter: Node): boolean {
  const name = "name" in parameter ? (parameter.name as Node | undefined) : undefined;
  return name !== undefined && isIdentifier(name) && name.text === "this";
}

function optionsProblem(node: Node): string | undefined {
  const members = optionsMembers(node);
  if (members === undefined || members.length <= limits.fields) return undefined;
  return `has ${members.length} fields, at most ${limits.fields}; group those that belong together`;
}

function optionsMembers(node: Node): readonly Node[] | undefined {
  if (isInterfaceDeclaration(node)) return node.name.text.endsWith("Options") ? node.members : undefined;
  if (!isTypeAliasDeclaration(node) || !node.name.text.endsWith("Options")) return undefined;
  return isTypeLiteralNode(node.type) ? node.type.members : undefined;
}
