/** A gateway in a process of its own, for tests: says where it listens as one JSON line, stops on SIGTERM. */

import { flushCompileCache } from "node:module";
import { loadConfig } from "../../src/config/load-config.ts";
import { startGateway } from "../../src/gateway.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { showingLog } from "../../src/lib/log/json-log.ts";
import { memoryNetwork } from "../channels/memory/memory-network.ts";
import { loginNetwork } from "./login-network.ts";

const loaded = await loadConfig();
const log = showingLog(loaded.config.logging.level, systemClock);
const { TEST_MEMORY_PORT: port, TEST_MEMORY_RECONCILE: reconcile, TEST_LOGIN: login } = process.env;
const memory = port === undefined ? undefined : memoryNetwork({ port: Number(port), reconcile: reconcile === "1" });
const gateway = await startGateway({
  loaded,
  reload: () => loadConfig(),
  flags: {},
  version: "0.0.0-test",
  log,
  ...(memory && { networks: { load: async () => memory } }),
  ...(login && { networks: { load: async () => loginNetwork } }),
});
process.stdout.write(`${JSON.stringify({ urls: gateway.urls, fingerprint: gateway.certificate?.fingerprint })}\n`);
// Most of these processes are killed, and would compile everything again the next time.
flushCompileCache();
process.on("SIGTERM", () => void gateway.stop(2_000, "SIGTERM"));
// The test that started it is gone, however it ended: nothing is to be left behind.
process.stdin
  .on("end", () => process.exit(1))
  .resume()
  .unref();
