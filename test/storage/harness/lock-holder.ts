/** A process that takes the state directory in its first argument, says "locked" and keeps it until it is killed. */

import { acquireStateLock } from "../../../src/storage/state-lock.ts";

const [, , stateDir = "", url] = process.argv;
const lock = acquireStateLock(stateDir, { pid: process.pid, startTimeMs: 1_700_000_000_000, url });
process.stdout.write("locked\n");
setInterval(() => lock.stateDir, 60_000);
