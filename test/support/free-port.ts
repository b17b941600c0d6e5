/** Ports nobody uses. */

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Ports from here on, below those a system gives away by itself: nobody is given one before it is used. */
const [lowest, highest] = [20_000, 32_000];
const given = new Set<number>();

/** A port of this machine nobody listens on, at no address; another one each time. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, highest);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  // Without a host it listens at every address, of both families where the machine has them.
  const server = createServer().listen(port);
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
