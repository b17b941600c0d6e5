import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { build } from "esbuild";
import { buildProgram, root } from "../bench/gateway/built-program.ts";
import { type GatewayProcess, removeHome, startGatewayProcess } from "../support/gateway-process.ts";

/** Uses what a program would, of everything the package offers by name. */
const program = `
import { createGatewayClient, DeliveryService, type GatewayClient, RunText, type Session } from "openclaw-gateway";
import { RunService } from "openclaw-gateway/gen/openclaw/gateway/v1/run_service_pb";
const gateway: GatewayClient = createGatewayClient({ url: "http://127.0.0.1:9", token: process.env.NO_TOKEN });
export const list = async (): Promise<Session[]> => (await gateway.sessions.listSessions({ pageSize: 2 })).sessions;
export const text: string = new RunText().blocks().map((block) => block.text).join("");
console.log([typeof list, text, RunService.typeName, DeliveryService.typeName].join(" "));
`;
const printed = "function  openclaw.gateway.v1.RunService openclaw.gateway.v1.DeliveryService\n";

describe("the package, installed in an empty folder", function () {
  this.timeout(120_000);
  let folder: string;
  let gateway: GatewayProcess;

  before(async () => {
    await buildProgram();
    folder = mkdtempSync(join(tmpdir(), "openclaw-package-"));
    unpack(folder);
    linkDependencies(folder);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "program.ts"), program);
    gateway = await startGatewayProcess();
  });
  after(async () => {
    await gateway?.kill();
    if (gateway !== undefined) await removeHome(gateway.home);
    rmSync(folder, { recursive: true, force: true });
  });

  const compile = (file: string, module: string, moduleResolution: string): string => {
    const strict = [
      "--strict",
      "--exactOptionalPropertyTypes",
      "--noUncheckedIndexedAccess",
      "--skipLibCheck",
      "false",
    ];
    const target = ["--target", "es2022", "--lib", "es2024,dom,dom.iterable,esnext", "--types", "node"];
    const how = ["--module", module, "--moduleResolution", moduleResolution, "--noEmit", "--ignoreConfig"];
    const { stdout } = spawnSync("tsc", [...strict, ...target, ...how, file], { cwd: folder, encoding: "utf8" });
    return stdout;
  };

  for (const [module, resolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ] as const) {
    it(`has types that a strict compiler takes whole, resolved as ${resolution}`, () => {
      expect(compile("program.ts", module, resolution)).to.equal("");
    });
  }

  it("is imported by Node", () => {
    expect(execFileSync(process.execPath, ["program.ts"], { cwd: folder, encoding: "utf8" })).to.equal(printed);
  });

  it("is bundled for browsers without anything of Node", async () => {
    const { outputFiles, warnings } = await build({
      entryPoints: [join(folder, "program.ts")],
      bundle: true,
      write: false,
      platform: "browser",
      format: "esm",
      absWorkingDir: folder,
    });
    expect(warnings).to.deep.equal([]);
    expect(outputFiles[0]?.text).not.to.match(/["']node:|require\(/);
  });

  it("brings the protos every other language generates its client from", () => {
    const protos = readdirSync(join(root, "proto/openclaw/gateway/v1"));
    expect(readdirSync(join(folder, "node_modules/openclaw-gateway/proto/openclaw/gateway/v1"))).to.deep.equal(protos);
  });

  it("is used by the README's example, which compiles and prints the answer", () => {
    const [, example = ""] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
    expect(example).to.contain('"http://127.0.0.1:18789"');
    writeFileSync(join(folder, "example.ts"), example.replace("http://127.0.0.1:18789", gateway.url));
    expect(compile("example.ts", "nodenext", "nodenext")).to.equal("");
    const env = { ...process.env, OPENCLAW_GATEWAY_TOKEN: gateway.token };
    const answer = execFileSync(process.execPath, ["example.ts"], { cwd: folder, encoding: "utf8", env });
    expect(answer).to.match(/^hello/);
  });
});

/** As npm installs it: what would be published, and nothing else. */
function unpack(folder: string): void {
  const words = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  execFileSync("npm", words, { cwd: root, stdio: ["ignore", "ignore", "ignore"] });
  const archive = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  execFileSync("tar", ["-xzf", archive], { cwd: folder });
  mkdirSync(join(folder, "node_modules"));
  cpSync(join(folder, "package"), join(folder, "node_modules/openclaw-gateway"), { recursive: true });
}

/** What the package depends on, and what this test does: Node's types. */
function linkDependencies(folder: string): void {
  const text = readFileSync(join(folder, "package/package.json"), "utf8");
  const { dependencies } = JSON.parse(text) as { readonly dependencies: Readonly<Record<string, string>> };
  for (const name of [...Object.keys(dependencies), "@types/node"]) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link);
  }
}
