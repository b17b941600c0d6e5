/** Every part of the benchmarks, in the order of the table. */

import type { Part } from "./part.ts";
import { measureCli } from "./parts/cli.ts";
import { measureFanOut } from "./parts/fanout.ts";
import { measureGrowth } from "./parts/growth.ts";
import { measureInbound } from "./parts/inbound.ts";
import { measureInstall } from "./parts/install.ts";
import { measureKill } from "./parts/kill.ts";
import { measureLists } from "./parts/lists.ts";
import { measureMemory } from "./parts/memory.ts";
import { measureReady } from "./parts/ready.ts";
import { measureRestart } from "./parts/restart.ts";
import { measureRpc } from "./parts/rpc.ts";
import { measureTurn } from "./parts/turn.ts";
import { measureTurns } from "./parts/turns.ts";

/** See Part. */
export const parts: readonly Part[] = [
  { name: "ready", about: "from the start of the process to ready", measure: measureReady },
  {
    name: "restart",
    about: "from SIGUSR1 to ready again in the same process, and what callers notice",
    measure: measureRestart,
  },
  { name: "memory", about: "memory of the idle gateway", measure: measureMemory },
  { name: "install", about: "size of an installation", measure: measureInstall },
  { name: "cli", about: "time of a command", measure: measureCli },
  { name: "turn", about: "latency of one agent turn", measure: measureTurn },
  { name: "turns", about: "agent turns a second, 32 sessions at once", measure: measureTurns },
  { name: "inbound", about: "messages from a network, in and out", measure: measureInbound },
  { name: "rpc", about: "calls a second, against the bare library and a raw server", measure: measureRpc },
  { name: "fanout", about: "from a change to 200 watchers", measure: measureFanOut },
  { name: "lists", about: "pages of 100 and of 10,000", measure: measureLists },
  { name: "growth", about: "memory over 1,000 turns", measure: measureGrowth },
  { name: "kill", about: "what a SIGKILL right after the acknowledgement loses", measure: measureKill },
];
