/**
 * `npm run build`: the program and the library, in dist/.
 *
 * The program (dist/src/main.js and dist/src/chunks) is bundled: a command reads a few files where it would read two hundred.
 * What is loaded late in the sources is a chunk of its own. The library (dist/src/client, dist/gen) is compiled file by file,
 * with its types. Nothing is done when no source is newer than the last build; `--force` builds in any case.
 */

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { build, type Plugin } from "esbuild";

const sources = [
  "src",
  "gen",
  ".ci/build.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
];
const stamp = "dist/.built";

/** Large, and loaded only by a gateway that needs them: they stay where npm puts them. */
const external = ["@ai-sdk/*", "selfsigned", "esbuild"];

/**
 * An `import` of a built-in module loads it and reads everything it exports: of node:http, all of fetch. Here it is loaded
 * when something of it is used first. Every importer has a stand-in of its own: shared ones would be chunks.
 */
const builtInModules: Plugin = {
  name: "built-in modules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path, kind, importer }) => {
      if (!isBuiltin(path)) return undefined;
      return kind === "dynamic-import"
        ? { path, external: true }
        : { path, namespace: "built-in", suffix: `?${relative(".", importer)}` };
    });
    onLoad({ filter: /.*/, namespace: "built-in" }, ({ path }) => ({
      contents: `
        const module = () => process.getBuiltinModule(${JSON.stringify(path)});
        exports.__proto__ = new Proxy({}, { get: (_, name) => module()[name], has: (_, name) => name in module() });`,
    }));
  },
};

/** What yargs would write its own help and find its user's version with: the program does both itself. */
const unusedPartsOfYargs: Plugin = {
  name: "unused parts of yargs",
  setup({ onResolve, onLoad }) {
    const parts: Readonly<Record<string, string>> = {
      cliui: "export default () => ({ div() {}, span() {}, resetOutput() {}, toString: () => '' });",
      "escalade/sync": "export default () => undefined;",
      "string-width": "export default (text) => text.length;",
      assert: "export const strictEqual = () => {}, notStrictEqual = () => {};",
    };
    onResolve({ filter: /.*/ }, ({ path, importer }) => {
      return path in parts && importer.includes("/node_modules/yargs/") ? { path, namespace: "unused" } : undefined;
    });
    onLoad({ filter: /.*/, namespace: "unused" }, ({ path }) => ({ contents: parts[path] }));
  },
};

/**
 * Modules that are loaded late and share much would become dozens of chunks, and every chunk a command reads takes half a
 * millisecond. So the commands are one chunk together, without the one that is a gateway, of which a command runs only what it
 * uses; and whatever is loaded late is made to import what is there by then, so that what both need stays in one place: the
 * command line, and in the gateway's own rooms the gateway.
 */
const fewChunks: Plugin = {
  name: "few chunks",
  setup({ onResolve, onLoad }) {
    const commandLine = resolve("src/cli/cli.ts");
    const wholeGateway = resolve("src/gateway.ts");
    const commandFolder = resolve("src/cli");
    const gateway = resolve("src/cli/gateway/run.ts");
    // Opens a state folder as a gateway does, and loads what that takes when it has to.
    const localState = resolve("src/cli/care/local-state.ts");
    // What every command that calls a gateway has loaded anyway.
    const partsOfCommands = /^(@connectrpc\/connect$|src\/(cli|client)\/|gen\/)/;
    const gatewayRooms = /^src\/(channels|core|gateway|models|server|storage|tools)\//;
    const commands = new Set<string>();
    const late = new Set<string>();
    const gathered = (file: string): string =>
      readFileSync(file, "utf8").replace(/\bimport\("([^"]+)"\)/g, (whole, target: string) => {
        const path = target.startsWith(".") ? resolve(dirname(file), target) : target;
        const isCommand =
          file.startsWith(commandFolder) && file !== localState && partsOfCommands.test(relative(".", path));
        const apart = !isCommand || path === gateway;
        if (apart && path === target) return whole;
        (apart ? late : commands).add(path);
        return apart ? whole : `import("commands").then(({ commands }) => commands[${JSON.stringify(path)}]())`;
      });
    const names = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const files = names.map((name) => resolve("src", name)).filter((file) => file !== resolve("src/main.ts"));
    const texts = new Map(files.map((file) => [file, gathered(file)]));
    const services = resolve("src/client/services.ts");
    texts.set(services, withLateImports(gathered(services)));
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const text = texts.get(path);
      const there = gatewayRooms.test(relative(".", path)) ? wholeGateway : commandLine;
      return text && { loader: "ts", contents: late.has(path) ? `${text}\nimport ${JSON.stringify(there)};` : text };
    });
    onResolve({ filter: /^commands$/ }, ({ path }) => ({ path, namespace: path }));
    onLoad({ filter: /.*/, namespace: "commands" }, () => {
      const lines = [...commands].map((path) => `${JSON.stringify(path)}: () => require(${JSON.stringify(path)}),`);
      const contents = [`import ${JSON.stringify(commandLine)};`, "export const commands = {", ...lines, "};"].join(
        "\n",
      );
      return { resolveDir: "src", contents };
    });
  },
};

/** What `() => Name` stands for is loaded when that is called, and its import is left out. */
function withLateImports(text: string): string {
  const imports = /^import \{ (\w+) \} from ("[^"]+_pb\.ts");\n/gm;
  const paths = new Map([...text.matchAll(imports)].map(([, name, path]) => [name, path]));
  return text.replace(imports, "").replace(/(?<=\(\) => )\w+(?=,)/g, (name) => `require(${paths.get(name)}).${name}`);
}

async function bundleProgram(): Promise<void> {
  await build({
    entryPoints: ["src/main.ts"],
    outdir: "dist/src",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.18",
    legalComments: "none",
    logLevel: "warning",
    external,
    plugins: [fewChunks, unusedPartsOfYargs, builtInModules],
  });
}

/** The web page, as GET / serves it. */
async function bundleDashboard(): Promise<void> {
  await build({
    entryPoints: { app: "src/dashboard/main.ts" },
    outdir: "dist/dashboard",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
  });
  for (const name of readdirSync("src/dashboard/page"))
    copyFileSync(`src/dashboard/page/${name}`, `dist/dashboard/${name}`);
}

function compileLibrary(): void {
  const { status } = spawnSync("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

/** When a file below was last changed, or one was added or removed. */
function newestMs(path: string): number {
  const { mtimeMs } = lstatSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

const builtMs = existsSync(stamp) && !process.argv.includes("--force") ? statSync(stamp).mtimeMs : 0;
const startMs = Date.now();
if (builtMs <= Math.max(...sources.map(newestMs))) {
  await bundleProgram();
  await bundleDashboard();
  compileLibrary();
  // What changed meanwhile is newer.
  writeFileSync(stamp, "");
  utimesSync(stamp, new Date(), new Date(startMs));
  process.stdout.write(`built in ${((Date.now() - startMs) / 1_000).toFixed(1)} s\n`);
}
