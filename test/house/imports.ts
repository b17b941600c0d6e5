/** What a source file imports, however it writes it. */

import { dirname, join } from "node:path/posix";
import { type Node, SyntaxKind } from "typescript/unstable/ast";
import {
  isCallExpression,
  isExportDeclaration,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isStringLiteral,
} from "typescript/unstable/ast/is";
import { lineOf, type Source, walk } from "./source-tree.ts";

/** One import, re-export, import() or import type. */
export interface Import {
  /** As written. */
  readonly specifier: string;
  /** From the root, for relative ones: "src/core/errors.ts"; undefined for packages. */
  readonly path: string | undefined;
  readonly line: number;
}

/** Every import of the file, types included. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  walk(source.syntax, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    const relative = specifier.startsWith(".");
    const path = relative ? join(dirname(source.path), specifier) : undefined;
    found.push({ specifier, path, line: lineOf(source, node) });
  });
  return found;
}

function specifierOf(node: Node): string | undefined {
  if (isImportDeclaration(node) || isExportDeclaration(node)) return stringOf(node.moduleSpecifier);
  if (isImportTypeNode(node)) return isLiteralTypeNode(node.argument) ? stringOf(node.argument.literal) : undefined;
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) return stringOf(node.arguments[0]);
  return undefined;
}

function stringOf(node: Node | undefined): string | undefined {
  return node !== undefined && isStringLiteral(node) ? node.text : undefined;
}
