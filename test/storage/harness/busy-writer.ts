/**
 * A process that writes to the store in the directory of its first argument as fast as it can, from several callers at once.
 * Prints a line for each promise the store keeps ("ok <event sequence> <message name>") or breaks ("failed <reason>").
 * The second argument names a fault point to be killed at, the third the how many-eth time.
 */

import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure, reasonName } from "../../../src/core/errors.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { killAt, noFaults } from "../../../src/lib/fault-point.ts";
import { silentLog } from "../../../src/lib/log.ts";
import { openStore } from "../../../src/storage/sqlite-store.ts";
import { acquireStateLock } from "../../../src/storage/state-lock.ts";
import { makeEvent, makeMessage, makeSession, textPart } from "../support/resources.ts";

const [, , stateDir = "", place, hit] = process.argv;
const callers = 8;
const text = "some words to keep ".repeat(50);

const store = await openStore({
  lock: acquireStateLock(stateDir, { pid: process.pid, startTimeMs: Date.now() }),
  clock: systemClock,
  log: silentLog,
  faults: place === undefined ? noFaults : killAt(place, Number(hit)),
});
await store.transact(async ({ sessions }) => {
  if ((await sessions.find("sessions/a")) === undefined) await sessions.insert(makeSession("a"));
});
await Promise.all(Array.from({ length: callers }, write));

async function write(): Promise<void> {
  for (;;) {
    try {
      say(`ok ${await add()}`);
    } catch (error) {
      say(`failed ${error instanceof Failure ? reasonName(error.reason) : error}`);
      await sleep(20);
    }
  }
}

/** A message and two events that belong together; every fifth is undone. */
function add(): Promise<string> {
  return store.transact(async ({ messages, events }) => {
    const position = (await events.head()) + 1;
    const message = makeMessage("sessions/a", position, { parts: [textPart(text)] });
    await messages.insert(message);
    await events.append(makeEvent("a"));
    const sequence = await events.append(makeEvent("a"));
    if (Math.random() < 0.2) throw new Error("undone");
    return `${sequence} ${message.name}`;
  });
}

/** Written at once: what was said has left the process when it is killed. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
