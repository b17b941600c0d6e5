/** One agent turn at a time: how long until it is acknowledged, until the first words, until it is over. */

import { connectBenchClient } from "../gateway/bench-client.ts";
import { type BenchGatewayOptions, withGateway } from "../gateway/bench-gateway.ts";
import { withInstantModel } from "../gateway/instant-model.ts";
import { makeSessions, type TurnTimes, takeTurn } from "../gateway/turn.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";
import { quantile } from "../statistics.ts";

const sessionCount = 10;
const warmUpTurns = 100;
const turns = 400;

/** Takes turns with the echo model, then with a model behind a local OpenAI-compatible server. */
export async function measureTurn(): Promise<Row[]> {
  const echo = await takeTurns({});
  const server = await withInstantModel(takeTurns);
  return [...rowsOf(echo, "echo model"), ...rowsOf(server, "model over HTTP")];
}

function takeTurns(options: BenchGatewayOptions): Promise<TurnTimes[]> {
  return withGateway(options, async (gateway) => {
    const client = connectBenchClient(gateway);
    try {
      const sessions = await makeSessions(client, "turn", sessionCount);
      const times: TurnTimes[] = [];
      for (let turn = 0; turn < warmUpTurns + turns; turn++) {
        const session = sessions[turn % sessionCount] as string;
        times.push(await takeTurn(client, session, "hello, what is new?"));
      }
      return times.slice(warmUpTurns);
    } finally {
      client.close();
    }
  });
}

function rowsOf(times: readonly TurnTimes[], model: string): Row[] {
  const how = `${turns} turns one after the other, ${model}`;
  const acknowledged = times.map((time) => time.acknowledgedMs);
  const first = times.map((time) => time.firstDeltaMs);
  const whole = times.map((time) => time.wholeMs);
  return [
    {
      what: "turn acknowledged p50",
      unit: "ms",
      value: quantile(acknowledged, 0.5),
      ...promises.turnAcknowledged,
      how: `${how}; synchronous=FULL`,
    },
    { what: "turn acknowledged p99", unit: "ms", value: quantile(acknowledged, 0.99), how },
    { what: "turn first delta p50", unit: "ms", value: quantile(first, 0.5), ...promises.turnFirstDelta, how },
    { what: "whole turn p50", unit: "ms", value: quantile(whole, 0.5), ...promises.turnWhole, how },
    { what: "whole turn p99", unit: "ms", value: quantile(whole, 0.99), how },
  ];
}
