/** Death of the gateway on a network in memory, at every step. */

import { testCrashes } from "../contract/crash-contract.ts";
import { MemoryWorld } from "./memory-world.ts";

testCrashes("memory", () => new MemoryWorld());
testCrashes("memory that can be asked", () => new MemoryWorld({ reconcile: true }), ["outbox.sending", "outbox.asked"]);
