/** Memory over many turns: a gateway runs for months. */

import { connectBenchClient } from "../gateway/bench-client.ts";
import { withGateway } from "../gateway/bench-gateway.ts";
import { treeMemoryMb } from "../gateway/process-memory.ts";
import { eachAtOnce, makeSessions, takeTurn } from "../gateway/turn.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";
import { slope } from "../statistics.ts";

const sessionCount = 32;
const warmUpTurns = 2_000;
const turns = 1_000;
const stepTurns = 50;

/** Takes turns in 32 sessions and looks at memory after every 50. */
export function measureGrowth(): Promise<Row[]> {
  return withGateway({}, async (gateway) => {
    const client = connectBenchClient(gateway);
    try {
      const sessions = await makeSessions(client, "growth", sessionCount);
      const take = (count: number): Promise<void> =>
        takeTurns(count, (index) => sessions[index % sessionCount] as string);
      const takeTurns = (count: number, sessionAt: (index: number) => string): Promise<void> => {
        const order = Array.from({ length: count }, (_, index) => sessionAt(index));
        return eachAtOnce(order, 8, (session) => takeTurn(client, session, "tell me what you heard"));
      };
      await take(warmUpTurns);
      const before = treeMemoryMb(gateway.pid);
      const points: [number, number][] = [];
      for (let taken = 0; taken < turns; taken += stepTurns) {
        await take(stepTurns);
        points.push([taken / 1_000, treeMemoryMb(gateway.pid)]);
      }
      return [
        { what: "memory after the warm-up", unit: "MB", value: before, how: `after ${warmUpTurns} turns` },
        {
          what: "memory growth over 1,000 turns",
          unit: "MB",
          value: slope(points),
          ...promises.memoryGrowth,
          how: `slope over ${turns} turns in ${sessionCount} sessions after ${warmUpTurns}`,
        },
      ];
    } finally {
      client.close();
    }
  });
}
