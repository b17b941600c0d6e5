/** Writing to a response no faster than its reader reads. */

import type { Writable } from "node:stream";

/** Writes; resolves when there is room for more, or never will be. */
export async function pacedWrite(response: Writable, bytes: Uint8Array): Promise<void> {
  if (!response.write(bytes)) await drained(response);
}

function drained(response: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.once("drain", done);
    response.once("close", done);
  });
}
