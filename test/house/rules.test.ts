/** Each house rule finds what breaks it, and leaves alone what does not. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { houseRules } from "./rules.ts";
import { type Files, readFiles, TreeParser } from "./source-tree.ts";
import { formatViolation } from "./violation.ts";

const good: Files = {
  "README.md": "",
  ".gitignore": "",
  "proto/openclaw/gateway/v1/run_service.proto": "service RunService {\n  rpc GetRun(A) returns (B);\n}\n",
  "src/lib/clock.ts": "/** The time. */\n\n/** Now. */\nexport const now = () => 1;\n",
  "src/core/errors.ts": "/** Failures. */\n\n/** A failure. */\nexport class Failure extends Error {}\n",
  "test/core/errors.test.ts": "",
};

/** A file that keeps every rule, with these lines in it. */
function file(...lines: string[]): string {
  return `${["/** A file. */", "", ...lines].join("\n")}\n`;
}

describe("house rules", () => {
  let parser: TreeParser;

  before(() => {
    parser = new TreeParser();
  });
  after(() => parser.close());

  /** Every violation in the good tree with these files added or replaced. */
  function violations(planted: Files): string[] {
    const tree = parser.parse({ ...good, ...planted });
    return Object.values(houseRules).flatMap((check) => check(tree).map(formatViolation));
  }

  function catches(sentence: string, planted: Files, expected: string | readonly string[]): void {
    it(`catches ${sentence}`, () => {
      expect(violations(planted)).to.deep.equal([expected].flat());
    });
  }

  function allows(sentence: string, planted: Files): void {
    it(`allows ${sentence}`, () => {
      expect(violations(planted)).to.deep.equal([]);
    });
  }

  allows("a tree that keeps every rule", {});

  describe("floors", () => {
    const up = (room: string, path: string, advice: string) =>
      `src/${room}/x.ts:3: ${room} may not import ${path}; ${advice}`;
    const port = "declare what core needs as a port in core, implement it in a wing, plug it in gateway.ts";
    const wing = "a wing knows core's ports and lib; let gateway.ts plug rooms together";

    catches(
      "a core file that imports storage",
      { "src/core/x.ts": file('import { a } from "../storage/a.ts";') },
      up("core", "src/storage/a.ts", port),
    );
    catches(
      "an import of types only",
      { "src/core/x.ts": file('import type { A } from "../server/a.ts";') },
      up("core", "src/server/a.ts", port),
    );
    catches(
      "an import inside a type",
      { "src/core/x.ts": file('type A = import("../models/a.ts").A;') },
      up("core", "src/models/a.ts", port),
    );
    catches(
      "an import made while running",
      { "src/core/x.ts": file('const a = () => import("../tools/a.ts");') },
      up("core", "src/tools/a.ts", port),
    );
    catches(
      "a core file that imports a generated service",
      { "src/core/x.ts": file('import { A } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";') },
      `src/core/x.ts:3: core may not import a generated service (gen/openclaw/gateway/v1/run_service_pb.ts); ${port}`,
    );
    for (const name of [
      "node:fs",
      "node:fs/promises",
      "node:http",
      "node:net",
      "node:sqlite",
      "fs",
      "@connectrpc/connect",
    ]) {
      catches(
        `a core file that imports ${name}`,
        { "src/core/x.ts": file(`import a from "${name}";`) },
        up("core", name, port),
      );
    }
    allows("a core file that imports lib, generated messages and other packages", {
      "src/core/x.ts": file(
        'import { now } from "../lib/clock.ts";',
        'import { A } from "../../gen/openclaw/gateway/v1/run_pb.ts";',
        'import { create } from "@bufbuild/protobuf";',
        'import { createHash } from "node:crypto";',
      ),
    });
    for (const room of ["channels", "models", "tools", "storage"]) {
      const other = room === "models" ? "tools" : "models";
      catches(
        `a file of ${room} that imports another wing`,
        { [`src/${room}/x.ts`]: file(`import { a } from "../${other}/a.ts";`) },
        up(room, `src/${other}/a.ts`, wing),
      );
      catches(
        `a file of ${room} that imports config`,
        { [`src/${room}/x.ts`]: file('import { a } from "../config/a.ts";') },
        up(room, "src/config/a.ts", wing),
      );
    }
    catches(
      "a wing that imports a generated service",
      { "src/storage/x.ts": file('import { A } from "../../gen/openclaw/gateway/v1/run_service_pb.ts";') },
      `src/storage/x.ts:3: storage may not import a generated service (gen/openclaw/gateway/v1/run_service_pb.ts); ${wing}`,
    );
    catches(
      "a lib file that imports core",
      { "src/lib/x.ts": file('import { Failure } from "../core/errors.ts";') },
      up("lib", "src/core/errors.ts", "lib is the ground: move the code up to the room that needs it"),
    );
    catches(
      "a lib file that imports generated code",
      { "src/lib/x.ts": file('import { A } from "../../gen/google/rpc/code_pb.ts";') },
      up("lib", "gen/google/rpc/code_pb.ts", "lib is the ground: move the code up to the room that needs it"),
    );
    catches(
      "a config file that imports core",
      { "src/config/x.ts": file('import { Failure } from "../core/errors.ts";') },
      up("config", "src/core/errors.ts", "config hands out plain values; gateway.ts gives them to the rooms"),
    );
    catches(
      "a server file that imports a wing",
      { "src/server/x.ts": file('import { a } from "../storage/a.ts";') },
      up("server", "src/storage/a.ts", "the door talks to core only; let gateway.ts pass in what it needs"),
    );
    catches(
      "a server file that imports config",
      { "src/server/x.ts": file('import { a } from "../config/a.ts";') },
      up("server", "src/config/a.ts", "the door talks to core only; let gateway.ts pass in what it needs"),
    );
    catches(
      "a supervisor file that imports config",
      { "src/supervisor/x.ts": file('import { a } from "../config/a.ts";') },
      up("supervisor", "src/config/a.ts", "pass in plain values"),
    );
    catches(
      "a client file that imports core",
      { "src/client/x.ts": file('import { Failure } from "../core/errors.ts";') },
      up("client", "src/core/errors.ts", "the client knows the contract and nothing else"),
    );
    catches(
      "a CLI file that imports core",
      { "src/cli/x.ts": file('import { Failure } from "../core/errors.ts";') },
      up("cli", "src/core/errors.ts", "call the gateway over RPC"),
    );
    catches(
      "a CLI command other than gateway run that imports the gateway",
      { "src/cli/x.ts": file('const run = () => import("../gateway.ts");') },
      up("cli", "src/gateway.ts", "call the gateway over RPC"),
    );
    allows("gateway run, which imports the gateway", {
      "src/cli/gateway/run.ts": file('const run = () => import("../../gateway.ts");'),
    });
    catches(
      "a dashboard file that imports config",
      { "src/dashboard/x.tsx": file('import { a } from "../config/a.ts";') },
      "src/dashboard/x.tsx:3: dashboard may not import src/config/a.ts; call the gateway over RPC",
    );
    catches(
      "a gateway that imports a face",
      { "src/gateway.ts": file('import { a } from "./cli/a.ts";') },
      "src/gateway.ts:3: gateway may not import src/cli/a.ts; the faces call the gateway, not the other way round",
    );
    catches(
      "a main that imports more than the CLI",
      { "src/main.ts": file('import { a } from "./gateway.ts";') },
      "src/main.ts:3: main may not import src/gateway.ts; main.ts only starts the CLI",
    );
    catches(
      "an import of a test",
      { "src/server/x.ts": file('import { a } from "../../test/support/a.ts";') },
      up("server", "test/support/a.ts", "the door talks to core only; let gateway.ts pass in what it needs"),
    );
    catches(
      "a file in no room",
      { "src/bridge/x.ts": file("const a = 1;") },
      "src/bridge/x.ts: is in no room; put it into one of lib, core, channels, models, tools, storage, config, server, supervisor, client, cli, dashboard",
    );
  });

  describe("cycles", () => {
    const apart = "move what both need into a file of its own";
    catches(
      "a file that imports itself",
      { "src/lib/x.ts": file('import { a } from "./x.ts";') },
      `src/lib/x.ts:3: imports run in a circle: src/lib/x.ts → src/lib/x.ts; ${apart}`,
    );
    catches(
      "a circle of types, once",
      {
        "src/lib/x.ts": file('import { a } from "./y.ts";'),
        "src/lib/y.ts": file("", 'import type { A } from "./z.ts";'),
        "src/lib/z.ts": file('const a = () => import("./x.ts");'),
      },
      `src/lib/x.ts:3: imports run in a circle: src/lib/x.ts → src/lib/y.ts → src/lib/z.ts → src/lib/x.ts; ${apart}`,
    );
    allows("two files that share a third", {
      "src/lib/x.ts": file('import { now } from "./clock.ts";', 'import { a } from "./y.ts";'),
      "src/lib/y.ts": file('import { now } from "./clock.ts";'),
    });
  });

  describe("sizes", () => {
    const lines = (count: number) => Array.from({ length: count }, () => "let a = 1;");
    const noun = "find the noun hiding in it and give it a file of its own";
    catches(
      "a file of 301 lines",
      { "src/lib/x.ts": file(...lines(299)) },
      `src/lib/x.ts: has 301 lines, at most 300; ${noun}`,
    );
    allows("a file of 300 lines", { "src/lib/x.ts": file(...lines(298)) });
    for (const [kind, open] of [
      ["function", "function f() {"],
      ["arrow function", "const f = () => {"],
      ["method", "class A { f() {"],
      ["constructor", "class A { constructor() {"],
      ["getter", "class A { get f() {"],
    ] as const) {
      const close = open.startsWith("class") ? "} }" : "}";
      const long = file(open, ...lines(59), close);
      catches(
        `a ${kind} of 61 lines`,
        { "src/lib/x.ts": long },
        "src/lib/x.ts:3: a function of 61 lines, at most 60; name its steps and give each a function",
      );
    }
    allows("a function of 60 lines with a long comment", {
      "src/lib/x.ts": file(
        "/**",
        ...Array.from({ length: 20 }, () => " * word"),
        " */",
        "function f() {",
        ...lines(58),
        "}",
      ),
    });
    for (const [kind, text] of [
      ["function", "function f(a: A, b: A, c: A, d: A) {}"],
      ["method", "class A { f(a: A, b: A, c: A, d: A) {} }"],
      ["method of an interface", "interface A { f(a: A, b: A, c: A, d: A): void }"],
      ["function type", "type F = (a: A, b: A, c: A, d: A) => void;"],
      ["arrow function with types of its own", "const f = (a: A, b: A, c: A, d: A) => {};"],
    ] as const) {
      catches(
        `a ${kind} with 4 parameters`,
        { "src/lib/x.ts": file(text) },
        "src/lib/x.ts:3: takes 4 parameters, at most 3; take one object with named fields",
      );
    }
    allows("a callback whose shape is declared elsewhere, and a this parameter", {
      "src/lib/x.ts": file("const f: F = (a, b, c, d) => {};", "function g(this: A, a: A, b: A, c: A) {}"),
    });
    for (const open of ["interface AOptions {", "type AOptions = {"]) {
      const fields = Array.from({ length: 9 }, (_, index) => `field${index}: string;`);
      catches(
        `an options type with 9 fields (${open})`,
        { "src/lib/x.ts": file(open, ...fields, "}") },
        "src/lib/x.ts:3: has 9 fields, at most 8; group those that belong together",
      );
    }
    const imports = (count: number) => Array.from({ length: count }, (_, index) => `import "package-${index}";`);
    catches(
      "a file with 16 imports",
      { "src/lib/x.ts": file(...imports(16)) },
      `src/lib/x.ts: has 16 imports, at most 15; ${noun}`,
    );
    catches(
      "a gateway with 41 imports",
      { "src/gateway.ts": file(...imports(41)) },
      `src/gateway.ts: has 41 imports, at most 40; ${noun}`,
    );
    allows("a gateway with 40 imports", { "src/gateway.ts": file(...imports(40)) });
    const many = Array.from({ length: 14 }, (_, index) => [`src/lib/many/file-${index}.ts`, file("let a = 1;")]);
    catches(
      "a folder of 14 files",
      Object.fromEntries(many),
      "src/lib/many/: holds 14 files, at most 13; find the group among them and give it a folder",
    );
    allows("a folder of 13 files", Object.fromEntries(many.slice(1)));
    catches(
      "a folder 4 deep",
      { "src/core/a/b/c/x.ts": file("let a = 1;") },
      "src/core/a/b/c/x.ts: lies 4 folders deep under src/, at most 3; move it up",
    );
    const methods = Array.from({ length: 13 }, (_, index) => `  rpc Get${index}(A) returns (B);`);
    const path = "proto/openclaw/gateway/v1/x_service.proto";
    catches(
      "a service of 13 methods",
      { [path]: ["// Comment", "service XService {", ...methods, "}", ""].join("\n") },
      `${path}:2: XService has 13 methods, at most 12; make a service of the noun some of them share`,
    );
    allows("two services of 12 and 11 methods", {
      [path]: ["service XService {", ...methods.slice(1), "}", "service YService {", ...methods.slice(2), "}"].join(
        "\n",
      ),
    });
  });

  describe("names", () => {
    const advice = "says nothing; name it for what it exports, or move that to where it is used";
    for (const name of ["index", "utils", "helpers", "common", "shared", "misc", "types", "manager", "run-utils"]) {
      const path = `src/lib/${name}.ts`;
      catches(`a file called ${name}`, { [path]: file("let a = 1;") }, `${path}: "${name}" ${advice}`);
    }
    catches(
      "a folder called helpers",
      { "src/core/helpers/x.ts": file("let a = 1;") },
      `src/core/helpers/: "helpers" ${advice}`,
    );
    catches(
      "a test file called utils",
      { "test/core/utils.test.ts": "" },
      `test/core/utils.test.ts: "utils" ${advice}`,
    );
    catches(
      "a file in camel case",
      { "src/lib/someClock.ts": file("let a = 1;") },
      "src/lib/someClock.ts: is not kebab-case; rename it",
    );
    catches(
      "a folder in snake case",
      { "src/core/some_noun/x.ts": file("let a = 1;") },
      "src/core/some_noun/: is not kebab-case; rename it",
    );
    allows("kebab-case with a suffix", {
      "src/core/shared-secret.d.ts": file("let a = 1;"),
      "src/storage/0001-start.ts": file("let a = 1;"),
    });
    catches(
      "something new at the top",
      { "docs/design.md": "" },
      "docs: does not belong at the top; put it into src/, test/ or .ci/",
    );
    allows("a dotfile at the top", { ".editorconfig": "", ".ci/run": "" });
  });

  describe("comments", () => {
    const silent = "src/lib/x.ts:1: does not say what it is; open it with a /** … */ comment";
    catches("a file that opens with code", { "src/lib/x.ts": "let a = 1;\n" }, silent);
    catches("a file that opens with a plain comment", { "src/lib/x.ts": "// A file.\nlet a = 1;\n" }, silent);
    allows("an executable that opens with its interpreter", {
      "src/main.ts": `#!/usr/bin/env node\n${file("let a = 1;")}`,
    });
    for (const [kind, text] of [
      ["function", "export function a() {}"],
      ["class", "export class a {}"],
      ["interface", "export interface a {}"],
      ["type", "export type a = 1;"],
      ["constant", "export const a = 1;"],
      ["list of exports", "export { a };"],
      ["renamed export", "export { a as b };"],
    ] as const) {
      const local = text.includes("{ a") ? ["const a = 1;"] : [];
      catches(
        `an undocumented ${kind}`,
        { "src/lib/x.ts": file('import "node:os";', ...local, text) },
        `src/lib/x.ts:${4 + local.length}: a is exported without a word; say in a /** … */ comment what a caller may rely on`,
      );
    }
    catches(
      "a first export that has only the file's comment",
      { "src/lib/x.ts": file("export const a = 1;") },
      "src/lib/x.ts:3: a is exported without a word; say in a /** … */ comment what a caller may rely on",
    );
    allows("a documented declaration that is exported below, and overloads of a documented function", {
      "src/lib/x.ts": file(
        'import "node:os";',
        "/** It. */",
        "const a = 1;",
        "export { a as b };",
        "/** It, too. */",
        "export function f(a: string): void;",
        "export function f(a: number): void;",
        "export function f(a: unknown): void {}",
      ),
    });
    for (const word of ["TODO", "FIXME", "XXX"]) {
      catches(
        `a ${word}`,
        { "src/lib/x.ts": file("", `// ${word}: later`, "let a = 1;") },
        `src/lib/x.ts:4: ${word}: do it now, or leave it out`,
      );
    }
  });

  describe("code", () => {
    const byName = "is exported as default; export it by its name";
    catches("a default export", { "src/lib/x.ts": file("export default 1;") }, `src/lib/x.ts:3: ${byName}`);
    catches(
      "a default function",
      { "src/lib/x.ts": file('import "node:os";', "/** It. */", "export default function a() {}") },
      `src/lib/x.ts:5: ${byName}`,
    );
    catches(
      "an export renamed to default",
      { "src/lib/x.ts": file('import "node:os";', "/** It. */", "const a = 1;", "export { a as default };") },
      `src/lib/x.ts:6: ${byName}`,
    );
    for (const text of ['export { a } from "./clock.ts";', 'export * from "./clock.ts";']) {
      catches(
        `a file that hands on exports (${text})`,
        { "src/lib/x.ts": file(text) },
        "src/lib/x.ts:3: hands on another file's exports; import them from where they are written",
      );
    }
    allows("the package's entry, which hands on the contract", {
      "src/client/gateway-client.ts": file('export { A } from "../../gen/openclaw/gateway/v1/run_pb.ts";'),
    });
    catches(
      "an any",
      { "src/lib/x.ts": file("let a = [] as any[];") },
      "src/lib/x.ts:3: any: take unknown and check it",
    );
    allows("the word any elsewhere", { "src/lib/x.ts": file('// any\nlet any = "any";') });
    catches(
      "a console outside the CLI",
      { "src/server/x.ts": file('console.error("x");') },
      "src/server/x.ts:3: console writes past the log; take a Log",
    );
    allows("a console in the CLI", {
      "src/cli/x.ts": file('console.log("x");'),
      "src/main.ts": file('console.error("x");'),
    });
    for (const text of ["process.env.HOME;", 'process["env"];', 'import { env } from "node:process";']) {
      catches(
        `a look at the environment outside config (${text})`,
        { "src/cli/x.ts": file(text) },
        "src/cli/x.ts:3: reads the environment; let config/ read it and pass the value in",
      );
    }
    allows("a look at the environment in config", { "src/config/x.ts": file("process.env.HOME;") });
    catches(
      "a network's name in core",
      { "src/core/x.ts": file("const telegramId = 1;") },
      "src/core/x.ts:3: core names telegram; keep it in the wing that speaks to it",
    );
    catches(
      "a vendor's name in a comment in core",
      { "src/core/x.ts": file("// OpenAI wants it so", "let a = 1;") },
      "src/core/x.ts:3: core names OpenAI; keep it in the wing that speaks to it",
    );
    allows("a vendor's name in a wing", { "src/models/x.ts": file('const api = "openai-completions";') });
    catches(
      "an OpenClaw word in lib",
      { "src/lib/x.ts": file("const openclawHome = 1;") },
      "src/lib/x.ts:3: lib says openclaw; move what is OpenClaw's up to the room it belongs to",
    );
  });

  describe("of a folder on disk", () => {
    let root: string;

    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), "house-"));
      for (const [path, text] of Object.entries(good)) write(path, text);
    });
    afterEach(() => rmSync(root, { recursive: true, force: true }));

    function write(path: string, text: string): void {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }

    it("finds nothing when it keeps every rule", () => {
      write("node_modules/index.js", "");
      expect(readFiles(root)).to.have.all.keys(Object.keys(good));
      expect(violations(readFiles(root))).to.deep.equal([]);
    });

    it("finds what is planted in it", () => {
      write("src/core/x.ts", file('import { a } from "../storage/utils.ts";'));
      write("src/storage/utils.ts", "let a: any;\n");
      expect(violations(readFiles(root)).map((found) => found.split(/[;,]/)[0])).to.have.members([
        "src/core/x.ts:3: core may not import src/storage/utils.ts",
        'src/storage/utils.ts: "utils" says nothing',
        "src/storage/utils.ts:1: does not say what it is",
        "src/storage/utils.ts:1: any: take unknown and check it",
      ]);
    });
  });
});
