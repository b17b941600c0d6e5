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
const rounds = 4;
const calmMessages = 30;
const calmPauseMs = 25;
const floodWidth = 8;
/** A flood is let through for a moment: a person may paste some lines. */
const floodBeginMs = 600;
/** An answer may take so many times as long beside a flood: nobody notices that. */
const unnoticed = 1.25;
const conversations = 10_000;
const idleMs = 8_000;

/** Many senders at once; a calm one beside a flood; the memory of many conversations. */
export function measureInbound(): Promise<Row[]> {
  return withGateway({ config: benchChannel }, async (gateway) => {
    const driver = await BenchDriver.attach(gateway);
    try {
      const rate = await manySenders(driver);
      const calm = await calmBesideFlood(driver);
      const before = treeMemoryMb(gateway.pid);
      const people = Array.from({ length: conversations }, (_, index) => `person-${index}`);
      await eachAtOnce(people, 64, (person) => driver.say(person));
      await pause(idleMs);
      return [...rate, ...floodRows(calm), ...memoryRows(before, treeMemoryMb(gateway.pid))];
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

/** What a calm sender waits for answers, in ms, and how much of the flood was taken in a second. */
interface CalmTimes {
  readonly alone: readonly number[];
  readonly flooded: readonly number[];
  readonly floodPerSecond: number;
}

/** By turns alone and beside a flood, so that whatever else the machine does meets both. */
async function calmBesideFlood(driver: BenchDriver): Promise<CalmTimes> {
  const alone: number[] = [];
  const flooded: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    alone.push(...(await calmSender(driver)));
    const { times, perSecond } = await beside(driver, () => calmSender(driver));
    flooded.push(...times);
    rates.push(perSecond);
  }
  return { alone, flooded, floodPerSecond: median(rates) };
}

/** `work` while somebody else writes as fast as messages are committed, several at a time. */
async function beside(
  driver: BenchDriver,
  work: () => Promise<number[]>,
): Promise<{ times: number[]; perSecond: number }> {
  let over = false;
  let taken = 0;
  const flood = async (): Promise<void> => {
    while (!over) {
      await driver.shout("flood");
      taken += 1;
    }
  };
  const floods = Array.from({ length: floodWidth }, flood);
  try {
    await pause(floodBeginMs);
    const before = taken;
    const startedMs = performance.now();
    const times = await work();
    return { times, perSecond: ((taken - before) * 1_000) / (performance.now() - startedMs) };
  } finally {
    over = true;
    await Promise.all(floods);
  }
}

function floodRows({ alone, flooded, floodPerSecond }: CalmTimes): Row[] {
  const how = `${rounds} × ${calmMessages} messages, one ${calmPauseMs} ms after the last answer`;
  const beside = `${how}, another sender ${floodWidth} at a time`;
  const against = (value: number): Row["against"] => ({ name: "without a flood", value });
  const p90 = quantile(alone, 0.9);
  return [
    { what: "calm sender answered p50", unit: "ms", value: median(alone), how },
    { what: "calm sender answered p90", unit: "ms", value: p90, how },
    {
      ...{ what: "… beside a flood of another p50", unit: "ms", how: beside },
      ...{ value: median(flooded), against: against(median(alone)), promise: { atMost: median(alone) * unnoticed } },
    },
    {
      ...{ what: "… beside a flood of another p90", unit: "ms", how: beside },
      ...{ value: quantile(flooded, 0.9), against: against(p90) },
    },
    { what: "the flood itself, taken in", unit: "/s", value: floodPerSecond, how: beside },
  ];
}

function memoryRows(before: number, after: number): Row[] {
  const how = `resident memory after ${conversations} conversations with a session each, ${idleMs / 1000} s later`;
  return [
    { what: "memory, 10,000 conversations", unit: "MB", value: after, how },
    { what: "memory before them", unit: "MB", value: before, how: "right after the floods" },
  ];
}
