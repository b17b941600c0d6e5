/** The contract of channels on a network in memory, which can do and undo everything. */

import { testChannel } from "../contract/channel-contract.ts";
import { MemoryWorld } from "./memory-world.ts";

testChannel("memory", () => new MemoryWorld());
testChannel("memory that can be asked what it was told", () => new MemoryWorld({ reconcile: true }));
