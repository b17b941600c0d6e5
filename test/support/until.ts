/** Waits for something a test cannot be told about. */

const patienceMs = 15_000;

/** Ends when `condition` holds; looks at every turn of the event loop. Fails after 15 s, saying what was waited for. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`waited in vain until ${what}`);
    await new Promise(setImmediate);
  }
}
