/** A Python client: grpcio with code generated from proto/, over cleartext HTTP/2 and over TLS. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runClient } from "./client-program.ts";
import { type Gateways, startGateways } from "./gateways.ts";
import { type Findings, provesTheScenario, taskOf } from "./scenario.ts";
import { cachedFolder, findProgram, install, protoFiles, repository, runProgram } from "./toolchain.ts";

const folder = "test/polyglot/python";

describe("a Python client (grpcio)", () => {
  let gateways: Gateways | undefined;
  let generated: string | undefined;
  let run: (session: string, at: Gateways["plain"]) => Promise<Findings>;

  before(async function () {
    this.timeout(180_000);
    const python = await findProgram("python3");
    if (python === undefined) return this.skip();
    const packages = await install("the Python packages of the client", () => installPackages(python));
    if (packages === undefined) return this.skip();
    generated = await mkdtemp(join(tmpdir(), "openclaw-python-"));
    const environment = { PYTHONPATH: `${generated}:${packages}`, PYTHONDONTWRITEBYTECODE: "1" };
    await generate({ python, environment, into: generated });
    gateways = await startGateways();
    const program = { program: python, args: [join(repository, folder, "scenario.py")], environment };
    run = (session, at) => runClient(program, taskOf(session, at));
  });
  after(async () => {
    await gateways?.stop();
    if (generated !== undefined) await rm(generated, { recursive: true });
  });

  describe("over cleartext HTTP/2", () => {
    let findings: Findings;
    before(async function () {
      this.timeout(60_000);
      if (gateways) findings = await run("python-h2c", gateways.plain);
    });
    provesTheScenario(() => findings, "python-h2c");
  });

  describe("over TLS, trusting the gateway's own certificate", () => {
    let findings: Findings;
    before(async function () {
      this.timeout(60_000);
      if (gateways) findings = await run("python-tls", gateways.tls);
    });
    provesTheScenario(() => findings, "python-tls");
  });
});

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

interface Generation {
  readonly python: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly into: string;
}

async function generate({ python, environment, into }: Generation): Promise<void> {
  const files = await protoFiles();
  const paths = ["-I", "proto", "-I", "node_modules/google-gax/build/protos"];
  const args = ["-m", "grpc_tools.protoc", ...paths, `--python_out=${into}`, `--grpc_python_out=${into}`, ...files];
  await runProgram(python, args, { cwd: repository, environment });
}
