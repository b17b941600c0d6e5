/** Start to ready: what an operator waits for, and what a restart costs. */

import { startBenchGateway } from "../gateway/bench-gateway.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";
import { median } from "../statistics.ts";

const starts = 8;

/** Starts a gateway with a new state directory, then again and again with the same one. */
export async function measureReady(): Promise<Row[]> {
  const first = await startBenchGateway();
  await first.kill();
  const times: number[] = [];
  let last = first;
  for (let start = 0; start < starts; start++) {
    last = await startBenchGateway({ home: first.home });
    times.push(last.readyMs / 1000);
    if (start < starts - 1) await last.kill();
  }
  await last.end();
  const how = "spawn to /readyz 200";
  return [
    {
      what: "first start to ready",
      unit: "s",
      value: first.readyMs / 1000,
      ...promises.ready,
      how: `${how}, new state`,
    },
    {
      what: "start to ready",
      unit: "s",
      value: median(times),
      ...promises.ready,
      how: `${how}, median of ${starts} after SIGKILL`,
    },
  ];
}
