/** The example drivers in Python and Go keep the contract of channels. */

import { join } from "node:path";
import { buildGoPrograms } from "../../polyglot/go-programs.ts";
import { pythonEnvironment } from "../../polyglot/python-programs.ts";
import { findProgram, repository } from "../../polyglot/toolchain.ts";
import { testChannel } from "../contract/channel-contract.ts";
import { testCrashes } from "../contract/crash-contract.ts";
import { type DriverProgram, DriverWorld } from "./driver-world.ts";

const drivers: Readonly<Record<string, () => Promise<DriverProgram | undefined>>> = {
  "the driver in Python": async () => {
    const program = await findProgram("python3");
    const environment = program === undefined ? undefined : await pythonEnvironment(program);
    if (program === undefined || environment === undefined) return undefined;
    return { program, args: [join(repository, "test/polyglot/drivers/python/driver.py")], environment };
  },
  "the driver in Go": async () => {
    const go = await findProgram("go");
    const folder = go === undefined ? undefined : await buildGoPrograms(go);
    return folder === undefined ? undefined : { program: join(folder, "driver"), args: [], environment: {} };
  },
};

/** One of them at every step, the other where the driver has its part in it. */
const crashPlaces: Readonly<Record<string, readonly string[]>> = {
  "the driver in Go": ["inbound.committed", "outbox.asked"],
};

for (const [name, prepare] of Object.entries(drivers)) {
  describe(name, () => {
    let program: DriverProgram | undefined;
    before(async function () {
      this.timeout(300_000);
      program = await prepare();
      if (program === undefined) this.skip();
    });
    testChannel(name, () => new DriverWorld(() => program as DriverProgram));
    testCrashes(name, () => new DriverWorld(() => program as DriverProgram), crashPlaces[name]);
  });
}
