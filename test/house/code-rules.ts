/** What may not stand in the code of certain rooms, or of any. */

import { type Node, SyntaxKind } from "typescript/unstable/ast";
import {
  isElementAccessExpression,
  isExportAssignment,
  isExportDeclaration,
  isExportSpecifier,
  isIdentifier,
  isImportDeclaration,
  isPropertyAccessExpression,
  isStringLiteral,
} from "typescript/unstable/ast/is";
import { lineAt, lineOf, type SourceTree, walk } from "./source-tree.ts";
import type { Violation } from "./violation.ts";

type Rule = (tree: SourceTree) => Violation[];

/** Everything has a name. */
export const checkDefaultExports: Rule = nodeRule(
  () => true,
  (node) => {
    const found =
      isExportAssignment(node) ||
      (isExportSpecifier(node) && node.name.text === "default") ||
      node.kind === SyntaxKind.DefaultKeyword;
    return found ? "is exported as default; export it by its name" : undefined;
  },
);

/** The package's entry hands on what its users need; every other export is imported from where it is written. */
const packageEntry = "src/client/gateway-client.ts";

/** No file is a shelf of other files' exports. */
export const checkReExports: Rule = nodeRule(
  (path) => path !== packageEntry,
  (node) =>
    isExportDeclaration(node) && node.moduleSpecifier !== undefined
      ? "hands on another file's exports; import them from where they are written"
      : undefined,
);

/** Nothing is of type any. */
export const checkAny: Rule = nodeRule(
  () => true,
  (node) => (node.kind === SyntaxKind.AnyKeyword ? "any: take unknown and check it" : undefined),
);

/** Only what talks to a terminal writes to one. */
export const checkConsole: Rule = nodeRule(
  (path) => !path.startsWith("src/cli/") && path !== "src/main.ts",
  (node) =>
    isPropertyAccessExpression(node) && isNamed(node.expression, "console")
      ? "console writes past the log; take a Log"
      : undefined,
);

/** Only config/ reads the environment. */
export const checkEnvironment: Rule = nodeRule(
  (path) => !path.startsWith("src/config/"),
  (node) => (readsEnvironment(node) ? "reads the environment; let config/ read it and pass the value in" : undefined),
);

const networks = "telegram|discord|slack|whatsapp|mattermost|xmpp|nostr|twilio|imessage|baileys|grammy";
const vendors = "anthropic|openai|gemini|claude|ollama|mistral|bedrock|openrouter|deepseek|lmstudio|vllm";

/** Core knows no network and no vendor. */
export const checkVendors: Rule = textRule("src/core/", new RegExp(`${networks}|${vendors}`, "gi"), (word) => {
  return `core names ${word}; keep it in the wing that speaks to it`;
});

/** The ground is useful in another project. */
export const checkGround: Rule = textRule("src/lib/", /openclaw/gi, (word) => {
  return `lib says ${word}; move what is OpenClaw's up to the room it belongs to`;
});

function nodeRule(applies: (path: string) => boolean, problemOf: (node: Node) => string | undefined): Rule {
  return (tree) =>
    [...tree.sources.values()]
      .filter(({ path }) => applies(path))
      .flatMap((source) => {
        const found: Violation[] = [];
        walk(source.syntax, (node) => {
          const problem = problemOf(node);
          if (problem !== undefined) found.push({ path: source.path, line: lineOf(source, node), problem });
        });
        return found;
      });
}

function textRule(folder: string, pattern: RegExp, problemOf: (word: string) => string): Rule {
  return (tree) =>
    [...tree.sources.values()]
      .filter(({ path }) => path.startsWith(folder))
      .flatMap(({ path, text }) =>
        [...text.matchAll(pattern)].map(({ 0: word, index }) => {
          return { path, line: lineAt(text, index), problem: problemOf(word) };
        }),
      );
}

function readsEnvironment(node: Node): boolean {
  if (isPropertyAccessExpression(node)) return isNamed(node.expression, "process") && isNamed(node.name, "env");
  if (isElementAccessExpression(node)) {
    const key = node.argumentExpression;
    return isNamed(node.expression, "process") && isStringLiteral(key) && key.text === "env";
  }
  if (!isImportDeclaration(node) || !isStringLiteral(node.moduleSpecifier)) return false;
  return /^(node:)?process$/.test(node.moduleSpecifier.text) && /\benv\b/.test(node.importClause?.getText() ?? "");
}

function isNamed(node: Node, name: string): boolean {
  return isIdentifier(node) && node.text === name;
}
