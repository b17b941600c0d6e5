/** The process a gateway service tells about when there is none: ready, with no connections. */

import type { Configuration } from "../../src/core/config/configuration.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { JsonLog } from "../../src/lib/log/json-log.ts";
import type { GatewayProcess } from "../../src/server/rpc/describe-gateway.ts";

/** The configuration of a gateway that has none: nothing can be asked of it but its versions. */
const noConfiguration = {
  etags: { disk: "absent", applied: "absent" },
} as Configuration;

/** A process that is ready and ignores being told to stop. */
export function readyProcess(clock: Clock): GatewayProcess {
  return {
    version: "0.0.0-test",
    startTimeMs: clock.nowMs(),
    state: () => ({ state: "ready", reason: "" }),
    clients: () => [],
    urls: () => ["http://127.0.0.1:18789"],
    configuration: noConfiguration,
    logs: new JsonLog({ level: "debug", clock }),
    heldBack: () => undefined,
    restartStatus: () => ({ reason: "", refusal: "" }),
    shutDown: async () => clock.nowMs(),
  };
}
