/** Memory of a gateway that does nothing. */

import { setTimeout as pause } from "node:timers/promises";
import { withGateway } from "../gateway/bench-gateway.ts";
import { treeMemoryMb } from "../gateway/process-memory.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";

const idleMs = 8_000;

/** Reads resident memory right after the start and after some rest. */
export function measureMemory(): Promise<Row[]> {
  return withGateway({}, async ({ pid }) => {
    const atOnce = treeMemoryMb(pid);
    await pause(idleMs);
    const idle = treeMemoryMb(pid);
    const how = "resident memory of the process tree";
    return [
      { what: "memory when ready", unit: "MB", value: atOnce, how },
      { what: "memory idle", unit: "MB", value: idle, ...promises.memoryIdle, how: `${how}, ${idleMs / 1000} s later` },
    ];
  });
}
