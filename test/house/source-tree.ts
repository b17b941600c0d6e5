/** A tree of files as the house rules see it: paths, texts, and a syntax tree of every source file. */

import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Node, SourceFile as SyntaxTree } from "typescript/unstable/ast";
import { API } from "typescript/unstable/sync";

/** Texts by path from the root, "/" between folders. Only paths count outside src/ and proto/; their texts may be empty. */
export type Files = Readonly<Record<string, string>>;

/** A file under src/, parsed. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly syntax: SyntaxTree;
}

/** Everything the rules look at. */
export interface SourceTree {
  readonly files: Files;
  /** TypeScript files under src/, by path. */
  readonly sources: ReadonlyMap<string, Source>;
}

/** The files of a project on disk: what git tracks or would add, or every file where there is no repository. */
export function readFiles(root: string): Files {
  const paths = listPaths(root).filter((path) => !/^(node_modules|dist|coverage|gen)\//.test(path));
  const withText = (path: string) => /^(src|proto)\//.test(path);
  return Object.fromEntries(paths.map((path) => [path, withText(path) ? readFileSync(join(root, path), "utf8") : ""]));
}

function listPaths(root: string): string[] {
  try {
    const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z"];
    const listed = execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const deleted = execFileSync("git", ["ls-files", "--deleted", "-z"], { cwd: root, encoding: "utf8" }).split("\0");
    return listed.split("\0").filter((path) => path !== "" && !deleted.includes(path));
  } catch {
    const found = globSync(["**/*", ".*", ".*/**"], { cwd: root, withFileTypes: true });
    return found
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  }
}

/** The line of a position, from 1. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}

/** The line a node starts on, its doc comment left out. */
export function lineOf(source: Source, node: Node): number {
  return lineAt(source.text, node.getStart(source.syntax));
}

/** Calls `visit` for the node and all below it. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

/** Parses trees with the project's TypeScript. One process serves them all; close it when done. */
export class TreeParser {
  readonly #texts = new Map<string, string>();
  readonly #api: API;
  #trees = 0;

  constructor() {
    this.#api = new API({
      cwd: "/",
      fs: {
        readFile: (path) => this.#texts.get(path) ?? null,
        fileExists: (path) => this.#texts.has(path),
        directoryExists: (path) => this.#texts.keys().some((file) => file.startsWith(`${path}/`)),
        getAccessibleEntries: (path) => this.#list(path),
        realpath: (path) => path,
      },
    });
  }

  /** Parses every .ts and .tsx file under src/. */
  parse(files: Files): SourceTree {
    this.#trees += 1;
    const root = `/tree-${this.#trees}`;
    const config = `${root}/tsconfig.json`;
    const paths = Object.keys(files).filter((path) => /^src\/.*\.tsx?$/.test(path));
    for (const path of paths) this.#texts.set(`${root}/${path}`, files[path] ?? "");
    const compilerOptions = {
      noLib: true,
      noResolve: true,
      noEmit: true,
      types: [],
      module: "nodenext",
      jsx: "preserve",
    };
    this.#texts.set(config, JSON.stringify({ compilerOptions, include: ["src"] }));
    const program = this.#api.updateSnapshot({ openProjects: [config] }).getProject(config)?.program;
    const sources = paths.map((path) => {
      const syntax = program?.getSourceFile(`${root}/${path}`);
      if (syntax === undefined) throw new Error(`${path} was not parsed`);
      return [path, { path, text: files[path] ?? "", syntax }] as const;
    });
    return { files, sources: new Map(sources) };
  }

  close(): void {
    this.#api.close();
  }

  #list(folder: string): { files: string[]; directories: string[] } {
    const files = new Set<string>();
    const directories = new Set<string>();
    for (const path of this.#texts.keys()) {
      if (!path.startsWith(`${folder}/`)) continue;
      const [name = "", ...below] = path.slice(folder.length + 1).split("/");
      (below.length === 0 ? files : directories).add(name);
    }
    return { files: [...files], directories: [...directories] };
  }
}
