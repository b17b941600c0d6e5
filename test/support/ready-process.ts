/** The process a gateway service tells about when there is none: ready, with no connections. */

import type { Clock } from "../../src/lib/clock.ts";
import { JsonLog } from "../../src/lib/log/json-log.ts";
import type { GatewayProcess } from "../../src/server/rpc/describe-gateway.ts";

/** A process that is ready and ignores being told to stop. */
export function readyProcess(clock: Clock): GatewayProcess {
  return {
    version: "0.0.0-test",
    startTimeMs: clock.nowMs(),
    state: () => ({ state: "ready", reason: "" }),
    clients: () => [],
    urls: () => ["http://127.0.0.1:18789"],
    logs: new JsonLog({ level: "debug", clock }),
    heldBack: () => undefined,
    restartStatus: () => ({ reason: "", refusal: "" }),
    shutDown: async () => clock.nowMs(),
  };
}
