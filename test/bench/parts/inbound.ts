/** Messages from a network: in, answered by the echo model, out again. */

import { setTimeout as pause } from "node:timers/promises";
import { BenchDriver, benchChannel, type MessageTimes } from "../gateway/bench-driver.ts";
import { withGateway } from "../gateway/bench-gateway.ts";
import { treeMemoryMb } from "../gateway/process-memory.ts";
import { eachAtOnce } from "../gateway/turn.ts";
import type { Row } from "../part.ts";
import { median, quantile } from "../statistics.ts";

const warmUpMs = 1_500;
const measuredMs = 4_000;
const senders = 32;
const calmMessages = 60;
const calmPauseMs = 25;
const conversations = 10_000;
const idleMs = 8_000;

/** Many senders at once; a calm one beside a flood; the memory of many conversations. */
export function measureInbound(): Promise<Row[]> {
  return withGateway({ config: benchChannel }, async (gateway) => {
    const driver = await BenchDriver.attach(gateway);
    try {
      const rate = await manySenders(driver);
      const calm = await calmSender(driver);
      const flooded = await beside(driver, () => calmSender(driver));
      const before = treeMemoryMb(gateway.pid);
      const people = Array.from({ length: conversations }, (_, index) => `person-${index}`);
      await eachAtOnce(people, 64, (person) => driver.say(person));
      await pause(idleMs);
      return [...rate, ...floodRows(calm, flooded), ...memoryRows(before, treeMemoryMb(gateway.pid))];
    } finally {
      driver.close();
    }
  });
}

async function manySenders(driver: BenchDriver): Promise<Row[]> {
  const fromMs = performance.now() + warmUpMs;
  const endMs = fromMs + measuredMs;
  const times: MessageTimes[] = [];
  const talk = async (person: string): Promise<void> => {
    while (performance.now() < endMs) {
      const time = await driver.say(person);
      if (performance.now() >= fromMs && performance.now() < endMs) times.push(time);
    }
  };
  await Promise.all(Array.from({ length: senders }, (_, index) => talk(`sender-${index}`)));
  const how = `${senders} senders at once for ${measuredMs / 1000} s, echo model, a driver as network`;
  const answered = times.map((time) => time.answeredMs);
  return [
    { what: "messages a second, in and out", unit: "/s", value: times.length / (measuredMs / 1000), how },
    { what: "message committed p50", unit: "ms", value: median(times.map((time) => time.acknowledgedMs)), how },
    { what: "message answered p50", unit: "ms", value: median(answered), how },
    { what: "message answered p99", unit: "ms", value: quantile(answered, 0.99), how },
  ];
}

/** One person who writes now and then. */
async function calmSender(driver: BenchDriver): Promise<number[]> {
  const times: number[] = [];
  for (let message = 0; message < calmMessages; message++) {
    await pause(calmPauseMs);
    times.push((await driver.say("calm")).answeredMs);
  }
  return times;
}

/** `work` while somebody else writes as fast as messages are committed, eight at a time. */
async function beside<T>(driver: BenchDriver, work: () => Promise<T>): Promise<T> {
  let over = false;
  const flood = async (): Promise<void> => {
    while (!over) await driver.shout("flood");
  };
  const floods = Array.from({ length: 8 }, flood);
  try {
    return await work();
  } finally {
    over = true;
    await Promise.all(floods);
  }
}

function floodRows(calm: readonly number[], flooded: readonly number[]): Row[] {
  const how = `${calmMessages} messages, one every ${calmPauseMs} ms`;
  const against = { name: "without a flood", value: median(calm) };
  return [
    { what: "calm sender answered p50", unit: "ms", value: median(calm), how },
    {
      what: "… beside a flood of another p50",
      unit: "ms",
      value: median(flooded),
      against,
      how: `${how}, another sender 8 at a time`,
    },
  ];
}

function memoryRows(before: number, after: number): Row[] {
  const how = `resident memory after ${conversations} conversations with a session each, ${idleMs / 1000} s later`;
  return [
    { what: "memory, 10,000 conversations", unit: "MB", value: after, how },
    { what: "memory before them", unit: "MB", value: before, how: "right after the floods" },
  ];
}
