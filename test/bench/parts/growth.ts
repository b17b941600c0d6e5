/** Memory over many turns: a gateway runs for months. */

import { setTimeout as pause } from "node:timers/promises";
import { type BenchClient, connectBenchClient } from "../gateway/bench-client.ts";
import { withGateway } from "../gateway/bench-gateway.ts";
import { treeMemoryMb } from "../gateway/process-memory.ts";
import { eachAtOnce, makeSessions, takeTurn } from "../gateway/turn.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";
import { slope } from "../statistics.ts";

const sessionCount = 100;
const atOnce = 8;
const warmUpTurns = 1_000;
const rounds = 2;
const turnsPerRound = 500;

const lookMs = 500;
/** Memory has settled when it stayed within half a MB for this long. */
const steadyMs = 5_000;
const longestMs = 20_000;

/** Takes turns in many sessions, and looks at memory whenever the gateway has come to rest. */
export function measureGrowth(): Promise<Row[]> {
  return withGateway({}, async (gateway) => {
    const client = connectBenchClient(gateway);
    try {
      const sessions = await makeSessions(client, "growth", sessionCount);
      await takeTurns(client, sessions, warmUpTurns);
      const busy = treeMemoryMb(gateway.pid);
      const points: [number, number][] = [[0, await settledMemoryMb(gateway.pid)]];
      for (let round = 1; round <= rounds; round++) {
        await takeTurns(client, sessions, turnsPerRound);
        points.push([(round * turnsPerRound) / 1_000, await settledMemoryMb(gateway.pid)]);
      }
      const settled = points.map(([, mb]) => mb.toFixed(1)).join(", ");
      return [
        {
          what: "memory while busy",
          unit: "MB",
          value: busy,
          how: `right after ${warmUpTurns} turns, ${atOnce} at once`,
        },
        { what: "memory at rest after work", unit: "MB", value: points[0]?.[1] ?? 0, how: "some seconds later" },
        {
          what: "memory growth over 1,000 turns",
          unit: "MB",
          value: slope(points),
          ...promises.memoryGrowth,
          how: `slope at rest (${settled} MB) over ${rounds * turnsPerRound} turns in ${sessionCount} sessions, after those`,
        },
      ];
    } finally {
      client.close();
    }
  });
}

function takeTurns(client: BenchClient, sessions: readonly string[], count: number): Promise<void> {
  const order = Array.from({ length: count }, (_, index) => sessions[index % sessions.length] as string);
  return eachAtOnce(order, atOnce, (session) => takeTurn(client, session, "tell me what you heard"));
}

/** What the process keeps when it has nothing to do. */
async function settledMemoryMb(pid: number): Promise<number> {
  const startMs = performance.now();
  let settled = treeMemoryMb(pid);
  let sinceMs = startMs;
  while (performance.now() - sinceMs < steadyMs && performance.now() - startMs < longestMs) {
    await pause(lookMs);
    const now = treeMemoryMb(pid);
    if (Math.abs(now - settled) <= 0.5) continue;
    settled = now;
    sinceMs = performance.now();
  }
  return settled;
}
