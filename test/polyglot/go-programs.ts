/** The programs in test/polyglot/go, built with code generated from proto/. */

import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { cachedFolder, install, protoFiles, repository, runProgram, sourceFiles } from "./toolchain.ts";

const sources = "test/polyglot/go";
const programs = { client: ".", driver: "./driver" };

/** A folder with the programs "client" and "driver"; undefined when their modules cannot be had. */
export async function buildGoPrograms(go: string): Promise<string | undefined> {
  const plugins = await install("the Go modules of the clients", () => installPlugins(go));
  return plugins === undefined ? undefined : build(go, plugins);
}

/** Downloads the modules go.mod pins and builds the generators among them. */
function installPlugins(go: string): Promise<string> {
  const files = [join(sources, "go.mod"), join(sources, "go.sum")];
  const fill = async (folder: string): Promise<void> => {
    const cwd = join(repository, sources);
    await runProgram(go, ["mod", "download"], { cwd });
    await runProgram(go, ["install", "tool"], { cwd, environment: { GOBIN: folder } });
  };
  return cachedFolder({ name: "go-plugins", files, facts: [], fill });
}

/** Generates code from proto/ and builds the programs with it; built again only when one of both changed. */
async function build(go: string, plugins: string): Promise<string> {
  const files = [...(await sourceFiles(sources)), ...(await protoFiles())];
  const fill = async (folder: string): Promise<void> => {
    const module = await mkdtemp(join(tmpdir(), "openclaw-go-"));
    try {
      await cp(join(repository, sources), module, { recursive: true });
      const template = ["--template", join(module, "buf.gen.yaml"), "--output", module, "--path", "proto/openclaw"];
      const environment = { PATH: `${plugins}${delimiter}${process.env.PATH}` };
      const buf = join(repository, "node_modules", ".bin", "buf");
      await runProgram(buf, ["generate", ...template], { cwd: repository, environment });
      for (const [name, path] of Object.entries(programs)) {
        await runProgram(go, ["build", "-trimpath", "-o", join(folder, name), path], { cwd: module });
      }
    } finally {
      await rm(module, { recursive: true });
    }
  };
  return cachedFolder({ name: "go-programs", files, facts: [basename(plugins)], fill });
}
