/** A Python client: grpcio with code generated from proto/, over cleartext HTTP/2 and over TLS. */

import { join } from "node:path";
import { runClient } from "./client-program.ts";
import { type Gateways, startGateways } from "./gateways.ts";
import { pythonEnvironment } from "./python-programs.ts";
import { type Findings, provesTheScenario, taskOf } from "./scenario.ts";
import { findProgram, repository } from "./toolchain.ts";

const folder = "test/polyglot/python";

describe("a Python client (grpcio)", () => {
  let gateways: Gateways | undefined;
  let run: (session: string, at: Gateways["plain"]) => Promise<Findings>;

  before(async function () {
    this.timeout(180_000);
    const python = await findProgram("python3");
    if (python === undefined) return this.skip();
    const environment = await pythonEnvironment(python);
    if (environment === undefined) return this.skip();
    gateways = await startGateways();
    const program = { program: python, args: [join(repository, folder, "scenario.py")], environment };
    run = (session, at) => runClient(program, taskOf(session, at));
  });
  after(() => gateways?.stop());

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
