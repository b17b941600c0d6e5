/** Agent turns a second, 32 sessions at once. */

import { connectBenchClient } from "../gateway/bench-client.ts";
import { type BenchGatewayOptions, withGateway } from "../gateway/bench-gateway.ts";
import { withInstantModel } from "../gateway/instant-model.ts";
import { makeSessions, takeTurn } from "../gateway/turn.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";

const sessionCount = 32;
const warmUpMs = 1_500;
const measuredMs = 5_000;

/** Every session takes one turn after the other, all at the same time. */
export async function measureTurns(): Promise<Row[]> {
  const how = `${sessionCount} sessions at once for ${measuredMs / 1000} s`;
  const what = "turns a second, 32 at once";
  const echo = await turnRate({});
  const server = await withInstantModel(turnRate);
  return [
    { what, unit: "/s", value: echo, ...promises.turnRate, how: `${how}, echo model` },
    { what, unit: "/s", value: server, ...promises.turnRate, how: `${how}, model over HTTP` },
  ];
}

function turnRate(options: BenchGatewayOptions): Promise<number> {
  return withGateway(options, async (gateway) => {
    const client = connectBenchClient(gateway);
    try {
      const sessions = await makeSessions(client, "turns", sessionCount);
      const countFromMs = performance.now() + warmUpMs;
      const endMs = countFromMs + measuredMs;
      let counted = 0;
      const talk = async (session: string): Promise<void> => {
        while (performance.now() < endMs) {
          await takeTurn(client, session, "hello, what is new?");
          const nowMs = performance.now();
          if (nowMs >= countFromMs && nowMs < endMs) counted += 1;
        }
      };
      await Promise.all(sessions.map(talk));
      return counted / (measuredMs / 1000);
    } finally {
      client.close();
    }
  });
}
