/** A restart in place: how soon the gateway is ready again, and how long callers have to wait meanwhile. */

import http, { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { type BenchGateway, withGateway } from "../gateway/bench-gateway.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";
import { median, quantile } from "../statistics.ts";

const restarts = 12;
const callers = 4;
const limitMs = 10_000;
const betweenMs = 250;
const path = "/openclaw.gateway.v1.GatewayService/GetGateway";

/** What callers noticed. */
interface Notes {
  /** Time of the slowest call during each restart, in ms. */
  readonly longestMs: number[];
  failed: number;
  calls: number;
}

/** Restarts a gateway by SIGUSR1 again and again while callers call, half of them over a new connection each time. */
export async function measureRestart(): Promise<Row[]> {
  const config = { commands: { restartCooldownSeconds: 0 } };
  return withGateway({ config }, async (gateway) => {
    const readyMs: number[] = [];
    await pause(betweenMs);
    const notes: Notes = { longestMs: [], failed: 0, calls: 0 };
    for (let number = 0; number < restarts; number++) readyMs.push(await restartOnce(gateway, notes));
    const how = `SIGUSR1, ${restarts} times, ${callers} callers`;
    return [
      {
        what: "restart in place: ready again",
        unit: "s",
        value: median(readyMs) / 1000,
        ...promises.restart,
        how: `${how}, median`,
      },
      {
        what: "restart in place: a call waits, p50 of the longest",
        unit: "ms",
        value: median(notes.longestMs),
        how,
      },
      { what: "restart in place: a call waits, longest", unit: "ms", value: quantile(notes.longestMs, 1), how },
      {
        what: "restart in place: calls that failed or were refused",
        unit: "",
        value: notes.failed,
        ...promises.restartFailed,
        how: `of ${notes.calls}, half of them over new connections`,
      },
    ];
  });
}

/** One restart under calls; how long it took, in ms. */
async function restartOnce(gateway: BenchGateway, notes: Notes): Promise<number> {
  const kept = new Agent({ keepAlive: true });
  const before = await startTimeOf(gateway, kept);
  let over = false;
  let longestMs = 0;
  const call = async (agent: Agent | false): Promise<void> => {
    while (!over) {
      const startMs = performance.now();
      notes.calls += 1;
      await startTimeOf(gateway, agent).catch(() => {
        notes.failed += 1;
      });
      longestMs = Math.max(longestMs, performance.now() - startMs);
    }
  };
  const calling = Array.from({ length: callers }, (_, index) => call(index % 2 === 0 ? false : kept));
  const startMs = performance.now();
  process.kill(gateway.pid, "SIGUSR1");
  while ((await startTimeOf(gateway, kept)) === before) {
    if (performance.now() - startMs > limitMs) throw new Error(`no restart within ${limitMs} ms`);
  }
  const tookMs = performance.now() - startMs;
  over = true;
  await Promise.all(calling);
  notes.longestMs.push(longestMs);
  kept.destroy();
  // A signal that comes while a restart is being finished is taken for the same one.
  await pause(betweenMs);
  return tookMs;
}

/** When the gateway says that it started. */
function startTimeOf({ url, token }: BenchGateway, agent: Agent | false): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const request = http.request(`${url}${path}`, { method: "POST", agent, headers }, async (response) => {
      const pieces: Buffer[] = [];
      for await (const piece of response) pieces.push(piece as Buffer);
      const text = Buffer.concat(pieces).toString();
      if (response.statusCode === 200) resolve(JSON.parse(text).gateway.startTime);
      else reject(new Error(text));
    });
    request.on("error", reject);
    request.end("{}");
  });
}
