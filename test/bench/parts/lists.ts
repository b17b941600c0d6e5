/** Pages of long lists: they must cost the same however long the list is. */

import { randomUUID } from "node:crypto";
import { Message_Role as Role } from "../../../gen/openclaw/gateway/v1/message_pb.ts";
import { type BenchClient, connectBenchClient } from "../gateway/bench-client.ts";
import { withGateway } from "../gateway/bench-gateway.ts";
import { eachAtOnce } from "../gateway/turn.ts";
import type { Row } from "../part.ts";
import { promises } from "../promises.ts";
import { median } from "../statistics.ts";

const few = 100;
const many = 10_000;
const pageSize = 50;
const warmUpCalls = 50;
const calls = 200;
const session = "sessions/main";

/** Fills a gateway over the API, and asks for the first page on the way. */
export function measureLists(): Promise<Row[]> {
  return withGateway({}, async (gateway) => {
    const client = connectBenchClient(gateway);
    try {
      await fill(client, 0, few);
      const short = await measurePages(client);
      await fill(client, few, many);
      const long = await measurePages(client);
      return [
        ...rowsOf("sessions", short.sessions, long.sessions),
        ...rowsOf("messages", short.messages, long.messages),
      ];
    } finally {
      client.close();
    }
  });
}

async function fill({ sessions }: BenchClient, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  await eachAtOnce(numbers, 64, async (number) => {
    await sessions.createSession({ sessionId: `list-${number}`, requestId: randomUUID() });
    const parts = [{ kind: { case: "text" as const, value: `note ${number}: nothing happened` } }];
    const message = { role: number % 2 === 0 ? Role.USER : Role.ASSISTANT, parts };
    await sessions.appendMessage({ parent: session, message, requestId: randomUUID() });
  });
}

interface PageTimes {
  readonly sessions: number;
  readonly messages: number;
}

async function measurePages({ sessions }: BenchClient): Promise<PageTimes> {
  return {
    sessions: await medianTime(() => sessions.listSessions({ pageSize })),
    messages: await medianTime(() => sessions.listMessages({ parent: session, pageSize })),
  };
}

async function medianTime(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < warmUpCalls + calls; index++) {
    const startedMs = performance.now();
    await call();
    times.push(performance.now() - startedMs);
  }
  return median(times.slice(warmUpCalls));
}

function rowsOf(noun: string, short: number, long: number): Row[] {
  const how = `p50 of ${calls} calls, one after the other`;
  return [
    {
      what: `list ${pageSize} of 10,000 ${noun}`,
      unit: "ms",
      value: long,
      ...promises.listPage,
      against: { name: `of ${few}`, value: short },
      how,
    },
  ];
}
