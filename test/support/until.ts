/** Waits for something a test cannot be told about. */

const patienceMs = 30_000;

/** Ends when `condition` holds; looks at every turn of the event loop. Fails after 30 s, saying what was waited for. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`waited in vain until ${what}`);
    await new Promise(setImmediate);
  }
}

/** What `look` finds, once it finds something; looks again a moment later. Fails after 30 s, saying what was waited for. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
