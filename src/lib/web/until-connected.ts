/** Waiting for a connection to be there. */

import type { Socket } from "node:net";
import { raceAbort } from "../until-aborted.ts";

/**
 * Resolves when a socket that connects is connected, "secureConnect" being encrypted as well. Rejects when that fails or the
 * signal aborts; the socket is gone then. Small pieces are sent at once.
 */
export async function untilConnected(
  socket: Socket,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once(event, () => resolve());
  socket.once("error", reject);
  try {
    await raceAbort(promise, signal);
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  }
  socket.off("error", reject);
  socket.setNoDelay(true);
}
