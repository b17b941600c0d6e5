/** What Python programs in test/polyglot run with: grpcio, and code generated from proto/. */

import { join } from "node:path";
import { cachedFolder, install, protoFiles, repository, runProgram } from "./toolchain.ts";

const folder = "test/polyglot/python";

/** Variables for a program; undefined when the packages cannot be had. */
export async function pythonEnvironment(python: string): Promise<Readonly<Record<string, string>> | undefined> {
  const packages = await install("the Python packages of the clients", () => installPackages(python));
  if (packages === undefined) return undefined;
  const generated = await generate(python, packages);
  return { PYTHONPATH: `${generated}:${packages}`, PYTHONDONTWRITEBYTECODE: "1" };
}

/** The packages of requirements.txt, in a folder for PYTHONPATH: what a virtual environment would hold, but movable. */
async function installPackages(python: string): Promise<string> {
  const requirements = join(folder, "requirements.txt");
  const version = await runProgram(python, ["-c", "import sys; print(sys.version)"]);
  const fill = async (target: string): Promise<void> => {
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
    await runProgram(python, ["-m", "pip", "install", ...quiet, "--target", target, "-r", requirements], {
      cwd: repository,
    });
  };
  return cachedFolder({ name: "python", files: [requirements], facts: [version], fill });
}

/** Code generated from proto/, made again only when a proto changed. */
async function generate(python: string, packages: string): Promise<string> {
  const files = await protoFiles();
  const environment = { PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1" };
  const paths = ["-I", "proto", "-I", "node_modules/google-gax/build/protos"];
  const fill = async (into: string): Promise<void> => {
    const args = ["-m", "grpc_tools.protoc", ...paths, `--python_out=${into}`, `--grpc_python_out=${into}`, ...files];
    await runProgram(python, args, { cwd: repository, environment });
  };
  return cachedFolder({ name: "python-generated", files, facts: [packages], fill });
}
