/** What the comments have to say. */

import { type Node, SyntaxKind } from "typescript/unstable/ast";
import {
  isClassDeclaration,
  isExportDeclaration,
  isFunctionDeclaration,
  isInterfaceDeclaration,
  isNamedExports,
  isTypeAliasDeclaration,
  isVariableStatement,
} from "typescript/unstable/ast/is";
import { lineAt, lineOf, type Source, type SourceTree } from "./source-tree.ts";
import type { Violation } from "./violation.ts";

/** A file opens by saying what it is. */
export function checkFileComments(tree: SourceTree): Violation[] {
  return [...tree.sources.values()]
    .filter(({ text }) => !/^(#!.*\n\s*)?\/\*\*(?!\/)/.test(text))
    .map(({ path }) => ({ path, line: 1, problem: "does not say what it is; open it with a /** … */ comment" }));
}

/** Every export says what a caller may rely on. */
export function checkExportComments(tree: SourceTree): Violation[] {
  return [...tree.sources.values()].flatMap((source) => {
    const documented = new Set(
      declarations(source)
        .filter((entry) => entry.documented)
        .map(({ name }) => name),
    );
    return exportedNames(source)
      .filter(({ name }) => !documented.has(name))
      .map(({ name, line }) => {
        const problem = `${name} is exported without a word; say in a /** … */ comment what a caller may rely on`;
        return { path: source.path, line, problem };
      });
  });
}

/** Nothing is left to be done by a comment. */
export function checkLeftovers(tree: SourceTree): Violation[] {
  const texts = Object.entries(tree.files).filter(([path]) => /^(src|proto)\//.test(path));
  return texts.flatMap(([path, text]) =>
    [...text.matchAll(/\b(TODO|FIXME|XXX|HACK)\b/g)].map(({ 1: word, index }) => {
      return { path, line: lineAt(text, index), problem: `${word}: do it now, or leave it out` };
    }),
  );
}

interface Declaration {
  readonly name: string;
  readonly line: number;
  readonly exported: boolean;
  readonly documented: boolean;
}

function exportedNames(source: Source): { name: string; line: number }[] {
  const local = source.syntax.statements.flatMap((statement) => {
    if (!isExportDeclaration(statement) || statement.moduleSpecifier !== undefined) return [];
    const clause = statement.exportClause;
    if (clause === undefined || !isNamedExports(clause)) return [];
    return clause.elements.map((element) => ({
      name: (element.propertyName ?? element.name).text,
      line: lineOf(source, element),
    }));
  });
  return [...declarations(source).filter(({ exported }) => exported), ...local];
}

function declarations(source: Source): Declaration[] {
  return source.syntax.statements.flatMap((statement, index) => {
    // The comment that opens the file hangs on the first statement too, but does not speak of it.
    const needed = index === 0 ? 2 : 1;
    const line = lineOf(source, statement);
    const exported = hasModifier(statement, SyntaxKind.ExportKeyword);
    const documented = (statement.jsDoc?.length ?? 0) >= needed;
    return declaredNames(statement).map((name) => ({ name, line, exported, documented }));
  });
}

function declaredNames(statement: Node): string[] {
  if (isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const named =
    isFunctionDeclaration(statement) ||
    isClassDeclaration(statement) ||
    isInterfaceDeclaration(statement) ||
    isTypeAliasDeclaration(statement);
  return named && statement.name !== undefined ? [statement.name.text] : [];
}

function hasModifier(node: Node, kind: SyntaxKind): boolean {
  const modifiers = "modifiers" in node ? (node.modifiers as readonly Node[] | undefined) : undefined;
  return modifiers?.some((modifier) => modifier.kind === kind) ?? false;
}
